// Runs the peers, in any runtime. Before a peer is timed, it must prove that it verifies.

/** Creates and checks the peers for one case. Returns `run(name, count, lanes)`, which verifies `count` tokens. */
export async function createLoad(peers, material) {
  const ready = {};
  for (const [name, create] of Object.entries(peers)) {
    const peer = { inputOf: (token) => token, ...(await create(material)) };
    await prove(name, peer, material);
    ready[name] = { ...peer, inputs: material.tokens.map(peer.inputOf) };
  }
  return (name, count, lanes = 1) => verifyMany(ready[name], count, lanes);
}

/** Throws unless the peer accepts all valid tokens and rejects all invalid tokens. */
export async function prove(
  name,
  /** @type {Record<string, any>} */ { verify, inputOf, signatureOnly },
  { tokens, forged, unwanted, name: material },
) {
  const good = async (token) => {
    const result = await verify(inputOf(token));
    return signatureOnly ? result : result.jti === claimsOf(token).jti;
  };
  for (const token of tokens) {
    if ((await good(token)) !== true) throw new Error(`${material}: ${name} does not accept a valid token`);
  }
  for (const [what, token] of Object.entries(signatureOnly ? forged : { ...forged, ...unwanted })) {
    let accepted = true;
    try {
      accepted = await good(token);
    } catch {
      accepted = false;
    }
    if (accepted) throw new Error(`${material}: ${name} accepts ${what}`);
  }
}

const claimsOf = (token) => JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));

/** Verifies tokens, `lanes` of them concurrently. Synchronous peers run in a plain loop without `await`. */
async function verifyMany({ verify, inputs, promises }, count, lanes) {
  if (!promises) {
    for (let index = 0; index < count; index += 1) verify(inputs[index % inputs.length]);
    return;
  }
  const lane = async (first) => {
    for (let index = first; index < count; index += lanes) await verify(inputs[index % inputs.length]);
  };
  await Promise.all(Array.from({ length: lanes }, (_, first) => lane(first)));
}
