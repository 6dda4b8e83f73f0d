export { browserTokens } from './session/browser-tokens.js'
