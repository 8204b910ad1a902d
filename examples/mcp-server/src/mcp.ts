// The Model Context Protocol (2025-11-25) without sessions and streams, and with one tool. A real server would use an SDK
// here.
import type { VerifiedToken } from 'sts-jwt';

interface Message {
  id?: unknown;
  method?: unknown;
  params?: { name?: unknown } | null;
}

const TOOL = { name: 'whoami', description: 'Tells who the caller is', inputSchema: { type: 'object' } };

/** Returns the answer to a JSON-RPC message, or `undefined` for a notification. */
export function answer(message: unknown, token: VerifiedToken): object | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return failure(null, -32600, 'not a JSON-RPC message');
  }
  const { id, method, params } = message as Message;
  if (id === undefined) return undefined;
  const success = (result: object) => ({ jsonrpc: '2.0', id, result });
  switch (method) {
    case 'initialize':
      return success({
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'who-am-i', version: '1.0.0' },
      });
    case 'ping':
      return success({});
    case 'tools/list':
      return success({ tools: [TOOL] });
    case 'tools/call':
      if (params?.name !== TOOL.name) return failure(id, -32602, 'no such tool');
      return success({ content: [{ type: 'text', text: `You are ${token.claims.sub}` }] });
    default:
      return failure(id, -32601, 'no such method');
  }
}

function failure(id: unknown, code: number, message: string) {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
