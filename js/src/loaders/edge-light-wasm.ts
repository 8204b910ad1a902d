// `sts-jwt/wasm` in the Edge Runtime: Turbopack finds no `?module` import behind the exports of a package.

export { default } from './sts_jwt.wasm?module';
