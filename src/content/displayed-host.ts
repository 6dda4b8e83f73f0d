import { domainToASCII, domainToUnicode } from 'node:url'

/** What a label may consist of to be shown in Unicode: letters of one writing system, beside digits and hyphens. */
const ALPHABETS = [
  // Latin-1 and Latin Extended-A, without the letters that pass for others (þ, ı, ĸ, ŀ, ŉ)
  /^[a-z0-9ß-öø-ýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĵķĺļľłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżž-]+$/,
  /^[а-яѐ-џґ0-9-]+$/,
  /^[α-ωά-ώϊϋΐΰ0-9-]+$/,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー0-9-]+$/u,
  /^[\p{Script=Hangul}\p{Script=Han}0-9-]+$/u,
]

/** Labels that consist of nothing else look like Latin letters, digits or punctuation. */
const LOOK_ALIKES = [
  /^[асеорхуіјѕьъпгыюкҽ0-9-]+$/,
  /^[αικνρυωηοτάίύώήόϊϋΐΰ0-9-]+$/,
  /^[ー一丶丿丨ノニエロタトへヘハ0-9-]+$/,
]

/**
 * A host name as a reader may be shown it: in Unicode where each label is written in one alphabet and cannot be taken for
 * another name, otherwise in punycode.
 */
export function displayedHost(host: string): string {
  const ascii = domainToASCII(host)
  return ascii === '' || !/(?:^|\.)xn--/.test(ascii) ? asciiHost(host) : ascii.split('.').map(displayedLabel).join('.')
}

/** A host name as it is looked up: Unicode as punycode, look-alikes of ASCII letters as those letters. */
export const asciiHost = (host: string): string => (/^[\0-\x7f]*$/.test(host) ? host : domainToASCII(host) || host)

function displayedLabel(label: string): string {
  const unicode = domainToUnicode(label)
  const isUnambiguous =
    ALPHABETS.some((letters) => letters.test(unicode)) && !LOOK_ALIKES.some((letters) => letters.test(unicode))
  return isUnambiguous ? unicode : label
}
