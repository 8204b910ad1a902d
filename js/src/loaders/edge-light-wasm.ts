// `sts-jwt/wasm` in the Edge Runtime. This file exists because Turbopack does not find a `?module` import through the `exports`
// of a package.

export { default } from './sts_jwt.wasm?module';
