import sanitizeHtml from 'sanitize-html'

const ALLOWED = {
  allowedTags: ['p', 'br', 'em', 'strong', 's', 'code', 'pre', 'ul', 'ol', 'li', 'blockquote', 'a'],
  allowedAttributes: { a: ['href', 'rel'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  transformTags: {
    a: (tagName: string, { href = '' }: Record<string, string>) => ({
      tagName,
      attribs: { href, rel: 'noopener noreferrer nofollow ugc' },
    }),
  },
} satisfies sanitizeHtml.IOptions

/** Lets through the few tags and attributes that `contentHtml` may have, whatever the renderer before it made. */
export const sanitise = (html: string): string => sanitizeHtml(html, ALLOWED)
