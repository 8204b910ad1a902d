/** Called only for verified callers. An HTTP API puts the context into a member `lambda`; a REST API does not. */
export async function handler({ requestContext: { authorizer } }) {
  const { principal, account } = authorizer.lambda ?? authorizer;
  return { statusCode: 200, body: JSON.stringify({ hello: principal, account }) };
}
