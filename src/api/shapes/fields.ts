import { z } from 'zod'

export const id = z.uuid()

export const time = z.iso.datetime({ precision: 3 })

export const count = z.int().min(0)

export const role = z.enum(['owner', 'admin', 'member'])
