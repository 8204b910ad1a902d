// A Worker that verifies the token in its request with `verifyFirst`.
export const workerOf = (verifyFirst) => ({
  async fetch(request) {
    const input = await request.json();
    const { jti } = await verifyFirst(input);
    return new Response(jti);
  },
});
