import { failed, type Finding, ok, warning } from './finding.js'

/** `engines` of package.json. */
const OLDEST = [20, 19] as const
/** What npm installs, and what performance is measured on. */
const USUAL = 24

/** The version of Node that runs this, by default this process's own. */
export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return failed('Node', `${version} is too old: Parley needs ${OLDEST.join('.')} or later`)
  if (major < USUAL)
    return warning('Node', `${version}: Parley is slower on it than on Node ${USUAL}, which npm installs`)
  return ok('Node', version)
}
