import { KeySet, verify } from 'sts-jwt';

export default ({ token, jwks, issuer, audience }) => verify(token, new KeySet(jwks), { issuer, audience }).claims;
