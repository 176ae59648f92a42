internal import CProtobufC

/// Memory for one decoding: handed out in order, never taken back singly, released as a whole.
///
/// protobuf-c fails cleanly where it is refused memory, so the cap is the defence against messages
/// that are small on the wire and large in memory.
@safe struct Arena: ~Copyable {
    /// A block of memory, as the head of itself.
    @unsafe private struct Block {
        var previous: UnsafeMutablePointer<Block>?
    }

    private static let alignment = 16
    private static let smallestBlock = 1024

    /// Whether memory was refused.
    private(set) var isExhausted = false
    private let limit: Int
    /// What blocks may still take.
    private var remaining: Int
    private var nextBlock: Int
    private var block: UnsafeMutablePointer<Block>?
    private var free: UnsafeMutableRawPointer?
    private var freeBytes = 0

    /// Makes an arena that takes at most so many bytes, and of these `first` with its first block.
    private init(limit: Int, first: Int) {
        self.limit = limit
        remaining = limit
        nextBlock = max(first, Self.smallestBlock)
        unsafe block = nil
        unsafe free = nil
    }

    deinit {
        var block = unsafe block
        while let current = unsafe block {
            unsafe block = current.pointee.previous
            unsafe UnsafeMutableRawPointer(current).deallocate()
        }
    }

    /// Memory of a size, aligned for anything; nil where the limit is reached.
    private mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count <= limit else { return unsafe refuse() }
        let size = (max(count, 1) + Self.alignment - 1) & ~(Self.alignment - 1)
        if size > freeBytes {
            guard grow(toHold: size) else { return unsafe refuse() }
        }
        guard let memory = unsafe free else { return unsafe refuse() }
        unsafe free = memory + size
        freeBytes -= size
        return unsafe memory
    }

    private mutating func grow(toHold size: Int) -> Bool {
        let head = Self.alignment
        guard size + head <= remaining else { return false }
        let bytes = min(max(size + head, nextBlock), remaining)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: bytes,
            alignment: Self.alignment
        )
        unsafe block = memory.initializeMemory(as: Block.self, to: Block(previous: block))
        unsafe free = memory + head
        freeBytes = bytes - head
        remaining -= bytes
        nextBlock = bytes * 2
        return true
    }

    private mutating func refuse() -> UnsafeMutableRawPointer? {
        isExhausted = true
        return nil
    }

    /// Runs a body with an allocator, and says whether that had to refuse memory.
    static func with<Result>(
        limit: Int,
        first: Int,
        _ body: (UnsafeMutablePointer<ProtobufCAllocator>) -> Result
    ) -> (result: Result, isExhausted: Bool) {
        var arena = Arena(limit: limit, first: first)
        let result = unsafe withUnsafeMutablePointer(to: &arena) { arena in
            var allocator = unsafe ProtobufCAllocator(
                alloc: { arena, size in
                    unsafe arena?.assumingMemoryBound(to: Arena.self).pointee.allocate(size)
                },
                free: { _, _ in },
                allocator_data: UnsafeMutableRawPointer(arena)
            )
            return unsafe withUnsafeMutablePointer(to: &allocator) { unsafe body($0) }
        }
        return (result, arena.isExhausted)
    }
}
