// SPDX-License-Identifier: Apache-2.0
// As witness-amd64.s, for arm64.
.globl _start
.text
_start:
    adr x19, paths
    sub sp, sp, #512
next:
    bl mark
    mov x8, #56                 // openat(AT_FDCWD, path, O_RDONLY)
    mov x0, #-100
    mov x1, x19
    mov x2, #0
    mov x3, #0
    svc #0
    mov x20, x0
    tbnz x0, #63, skip
copy:
    mov x8, #63                 // read(fd, stack, 512)
    mov x0, x20
    mov x1, sp
    mov x2, #512
    svc #0
    cmp x0, #0
    ble skip
    mov x2, x0
    mov x8, #64                 // write(1, stack, read)
    mov x0, #1
    mov x1, sp
    svc #0
    b copy
skip:
    ldrb w9, [x19], #1
    cbnz w9, skip
    ldrb w9, [x19]
    cbnz w9, next
    bl mark
    mov x8, #219                // keyctl(-1)
    bl try
    mov x8, #217                // add_key(-1, ...)
    bl try
    mov x8, #93                 // exit(0)
    mov x0, #0
    svc #0
mark:
    adr x1, separator
    mov x2, #3
    b say
try:
    mov x0, #-1
    mov x1, #0
    mov x2, #0
    mov x3, #0
    mov x4, #0
    svc #0
    adr x1, refused
    cmn x0, #1
    cinc x1, x1, ne
    mov x2, #1
say:
    mov x8, #64
    mov x0, #1
    svc #0
    ret
separator: .ascii "\n@\n"
refused:   .ascii "Rr"
paths:     .asciz "/proc/version", "/proc/self/status", "/proc/self/uid_map", "/proc/self/attr/current"
           .byte 0
