namespace Tokenline.Gateway.Protocols.Sse;

/// <summary>
/// One block of an event stream. The memories are slices of the chunk or of the splitter's own buffers: they are valid until the next call
/// of <see cref="SseSplitter.TryNext"/> or <see cref="SseSplitter.Feed"/>.
/// </summary>
/// <param name="Raw">Every byte of the block, the blank line that ends it included.</param>
/// <param name="Data">The payload: the data lines, joined by LF.</param>
/// <param name="Name">The value of <c>event:</c>, or empty.</param>
/// <param name="HasData">False for a comment, a ping or a blank line: relay it, there is nothing to read.</param>
/// <param name="IsTerminated">False for a last block that the stream ended in the middle of.</param>
internal readonly record struct SseEvent(
    ReadOnlyMemory<byte> Raw,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Name,
    bool HasData,
    bool IsTerminated
)
{
    public bool IsNamed(ReadOnlySpan<byte> name) => Name.Span.SequenceEqual(name);
}
