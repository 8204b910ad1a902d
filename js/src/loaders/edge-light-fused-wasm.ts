// `sts-jwt/wasm/fused` in the Edge Runtime, like edge-light-wasm.ts.

export { default } from './sts_jwt.fused.wasm?module';
