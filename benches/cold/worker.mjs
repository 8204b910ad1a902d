// A Worker that verifies the token in its request with `verifyFirst`.
export const workerOf = (verifyFirst) => ({
  async fetch(request) {
    const given = await request.json();
    const { jti } = await verifyFirst(given);
    return new Response(jti);
  },
});
