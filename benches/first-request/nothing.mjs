// A Worker that verifies nothing, to measure the cost of a request.
export default {
  fetch: () => Response.json({ principal: 'nobody' }),
};
