using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Responses;

/// <summary>Gets the bytes that a client is about to be sent, once its charge is durable. It may not throw, and waits only where the client has asked for what it keeps.</summary>
internal interface IAnswerCopy
{
    void Whole(ReadOnlyMemory<byte> body);

    /// <summary>A stream's last events.</summary>
    void End(ReadOnlyMemory<byte> events);

    /// <summary>Completes when the bytes may leave.</summary>
    ValueTask KeptAsync();
}

/// <summary>Keeps the answer of one call to responses.</summary>
internal sealed class ResponseCopy(Call call, StoredResponses stored) : IAnswerCopy
{
    public void Whole(ReadOnlyMemory<byte> body) => stored.Keep(call, body.Span);

    public void End(ReadOnlyMemory<byte> events)
    {
        using var splitter = new SseSplitter();
        splitter.Feed(events);
        splitter.Complete();
        while (splitter.TryNext(out var next))
        {
            if (!next.HasData || ResponseItems.OfEnd(next.Data.Span) is not { IsEmpty: false } response)
                continue;
            stored.Keep(call, response);
            return;
        }
    }

    /// <summary>A client that says <c>store: true</c> is told of its response when that is on disk. One that says nothing is not kept waiting.</summary>
    public ValueTask KeptAsync() => ResponseItems.IsToBeKept(call.Body.Span) ? stored.WrittenAsync(call.Charge) : ValueTask.CompletedTask;
}
