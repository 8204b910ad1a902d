// Verifies nothing, to measure the cost of the process or isolate.
export default ({ claims }) => claims;
