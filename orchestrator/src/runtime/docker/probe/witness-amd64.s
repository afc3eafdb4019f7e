# SPDX-License-Identifier: Apache-2.0
# Tells from inside a container what it is shut in with: prints files of /proc, each after a line "@", and then, after another,
# R for each system call that was refused with EPERM and r for each that was not.
# as -o w.o witness-amd64.s && ld -s -n -o w w.o; scripts/generate-witness.ts does it.
.globl _start
.text
_start:
    lea paths(%rip), %rbx
next:
    call mark
    mov $257, %eax              # openat(AT_FDCWD, path, O_RDONLY)
    mov $-100, %rdi
    mov %rbx, %rsi
    xor %edx, %edx
    syscall
    mov %rax, %r12
    test %rax, %rax
    js skip
copy:
    mov $0, %eax                # read(fd, stack, 512)
    mov %r12, %rdi
    lea -512(%rsp), %rsi
    mov $512, %edx
    syscall
    test %rax, %rax
    jle skip
    mov %rax, %rdx
    mov $1, %eax                # write(1, stack, read)
    mov $1, %edi
    lea -512(%rsp), %rsi
    syscall
    jmp copy
skip:
    movzbl (%rbx), %eax
    inc %rbx
    test %al, %al
    jnz skip
    cmpb $0, (%rbx)
    jne next
    call mark
    mov $250, %eax              # keyctl(-1)
    call try
    mov $248, %eax              # add_key(-1, ...)
    call try
    mov $60, %eax               # exit(0)
    xor %edi, %edi
    syscall
mark:
    lea separator(%rip), %rsi
    mov $3, %edx
    jmp say
try:
    mov $-1, %rdi
    xor %esi, %esi
    xor %edx, %edx
    xor %r10d, %r10d
    xor %r8d, %r8d
    syscall
    lea refused(%rip), %rsi
    cmp $-1, %rax
    je one
    inc %rsi
one:
    mov $1, %edx
say:
    mov $1, %eax
    mov $1, %edi
    syscall
    ret
separator: .ascii "\n@\n"
refused:   .ascii "Rr"
paths:     .asciz "/proc/version", "/proc/self/status", "/proc/self/uid_map", "/proc/self/attr/current"
           .byte 0
