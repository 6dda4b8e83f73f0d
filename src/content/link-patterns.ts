import { LinkifyIt, REBuilder } from 'linkify-it'

class LinkPatterns extends REBuilder {
  /** Of any length: beyond the library's bound of 50, `https://user:…@host` would link to `user`. A backslash ends it, as in browsers. */
  override get_auth(): RegExp {
    return (this.cache['src_auth'] ??= new RegExp(`(?:(?:(?!${this.src_ZCc}|[@/\\\\\\[\\]()<>]).)+@)?`))
  }

  /** A name followed by `@` is user information that the pattern above did not match, and no host. */
  override get_host_terminator(): RegExp {
    return (this.cache['src_host_terminator'] ??= new RegExp(
      `${super.get_host_terminator().source}(?!(?::(?:(?!${this.src_ZCc}|[@/\\\\?#]).)*)?@)`,
    ))
  }

  /** An opening bracket without its closing one belongs to the link, unless it ends it. */
  override get_path_extra(): RegExp {
    return (this.cache['src_path_extra'] ??= new RegExp(`[(\\[{](?!${this.src_ZPCc}|$)|`))
  }

  /** What may follow `www.`: two names at least, and no e-mail address. */
  get_www_validator(): RegExp {
    return (this.cache['www_validator'] ??= new RegExp(
      `(?=${this.get_domain().source}\\.)${this.get_url_host_port().source}${this.get_path().source}`,
      'iy',
    ))
  }
}

/** Before `www.`: the middle of another address. */
const WITHIN_ADDRESS = /[:/@._-]$/

/** Finds links that name their scheme (http, https, mailto), and `www.` names, which lead to https. */
export function createLinkFinder(): LinkifyIt {
  const patterns = new LinkPatterns()
  const finder = new LinkifyIt({
    rebuilder: patterns,
    fuzzyLink: false,
    fuzzyEmail: false,
    fuzzyIP: false,
    urlAuth: true,
  })
  finder.add('ftp:', null).add('//', null)
  finder.add('www.', {
    validate(text, position) {
      if (WITHIN_ADDRESS.test(text.slice(0, position - 'www.'.length).slice(-1))) return 0
      const rest = patterns.get_www_validator()
      rest.lastIndex = position
      return rest.exec(text)?.[0].length ?? 0
    },
    normalize(match) {
      match.url = `https://${match.url}`
    },
  })
  return finder
}
