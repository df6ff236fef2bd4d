/** Shapes of keys and passwords that people publish by mistake, each with a name for the reader. */

export interface SecretShape {
  readonly kind: string;
  /** With the flag `g`. Bounded: no shape backtracks over what it has read. */
  readonly pattern: RegExp;
}

/** Of kubo first (docs/config.md, go-libp2p-core/pnet), then those that any log may hold. */
export const secretShapes: readonly SecretShape[] = [
  // A private key in protobuf and base64 begins with its type: CAAS RSA, CAES Ed25519, CAIS secp256k1, CAMS ECDSA.
  { kind: "a node's private key", pattern: /\bCA[AEIM]S[A-Za-z0-9+/]{40,}={0,2}/g },
  { kind: 'the key of a private swarm', pattern: /\/key\/swarm\/psk\/1\.0\.0\/\s+\/base\w+\/\s+\S{16,}/g },
  { kind: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\:.-]{0,6000}/g },
  { kind: 'a token of GitHub', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255})/g },
  { kind: 'an access key of AWS', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    kind: 'a secret of the API or of a pinning service',
    pattern: /"(?:AuthSecret|secretKey|SecretKey|secret_key|AccessToken|access_token|apiKey|api_key|Password|password)"\s*:\s*"[^"\s]{6,500}"/g,
  },
  {
    kind: 'the key of a pinning service',
    pattern: /"Endpoint"\s*:\s*"https?:[^"]{1,300}"\s*,\s*"Key"\s*:\s*"[^"]{6,500}"|"Key"\s*:\s*"[^"]{6,500}"\s*,\s*"Endpoint"\s*:\s*"https?:/g,
  },
  { kind: 'a token (JWT)', pattern: /\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,1000}/g },
  { kind: 'a password in an address', pattern: /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s:/@"'<>]{1,100}:[^\s:/@"'<>]{3,200}@(?=[^\s"'<>])/g },
  { kind: 'a password or token of a request', pattern: /\bAuthorization["']?\s*[:=]\s*["']?(?:Basic|Bearer|Token)\s+[A-Za-z0-9+/_.=~-]{8,2000}/gi },
  { kind: 'a token of Slack', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g },
  { kind: 'a key of Google', pattern: /\bAIza[A-Za-z0-9_-]{35}\b/g },
];
