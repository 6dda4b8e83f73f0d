import { v5 } from 'uuid'

/** The same id for the same name, everywhere in the tests. */
export const uuid = (name: string): string => v5(name, '6f2c1a5e-55aa-4b0e-8b39-0c6d0f6a8a11')
