using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Pipeline;

/// <summary>
/// The slices of a running stream. Each boundary is a durable checkpoint of what was delivered, and – where the client gave no limit – the hold for what comes next.
/// Text beyond a boundary leaves only after its extension is durable; it is asked for half a slice ahead, so that the stream does not wait.
/// Bytes bound tokens, so what is delivered is never more than what is held.
/// </summary>
internal sealed class Slices(ChatCall call, IChargingAccounts accounts, int sliceBytes) : IDisposable
{
    private const int OutputMin = 64;

    private readonly PooledBuffer text = new(); // delivered, not counted yet
    private long countedTokens;
    private long countedBytes;
    private long end = call.IsSliced ? call.OutputHeld : sliceBytes; // in bytes of text since the start
    private Task<ExtendOutcome>? pending;
    private long pendingBytes;
    private long pendingTokens;

    /// <summary>The meter appends what it finds in an event here, before the event is delivered.</summary>
    public PooledBuffer Text => text;

    private long Bytes => countedBytes + text.Length;

    /// <summary>Whether an event, whose text has just been appended, may leave at once.</summary>
    public bool IsWithin => Bytes <= end - (sliceBytes / 2);

    /// <summary>Called for an event that is not within. False: the quota has ended and the event must not leave.</summary>
    public async ValueTask<bool> ExtendAsync(int eventBytes)
    {
        if (pending is null)
            Ask(eventBytes);
        if (Bytes <= end)
            return true;
        while (Bytes > end)
        {
            if (pending is null)
                Ask(eventBytes);
            var outcome = await pending!;
            pending = null;
            if (!outcome.Granted)
                return false;
            end = call.IsSliced ? pendingBytes + outcome.OutputGranted - pendingTokens : Math.Max(end, pendingBytes) + sliceBytes;
            if (call.IsSliced && outcome.OutputGranted - pendingTokens < eventBytes && Bytes > end)
                return false; // one event is larger than all that can still be paid
        }
        return true;
    }

    /// <summary>Takes back the text of an event that did not leave.</summary>
    public void Undo(int eventBytes) => text.Cut(eventBytes);

    /// <summary>Tokens of all text that was delivered.</summary>
    public long Count()
    {
        if (text.Length > 0)
            countedTokens += TokenCounter.Count(text.Span);
        countedBytes += text.Length;
        text.Clear();
        return countedTokens;
    }

    private void Ask(int eventBytes)
    {
        // The newest event has not left yet: it is no part of the checkpoint.
        var delivered = text.Length - eventBytes;
        if (delivered > 0)
        {
            countedTokens += TokenCounter.Count(text.Span[..delivered]);
            countedBytes += delivered;
            text.Consume(delivered);
        }
        pendingBytes = countedBytes;
        pendingTokens = countedTokens;
        var wanted = call.IsSliced ? countedTokens + Math.Max(sliceBytes, eventBytes) : call.OutputHeld;
        var least = call.IsSliced ? countedTokens + OutputMin : 0;
        pending = accounts.ExtendAsync(call.Key.Account, new ExtendRequest(call.Charge, 0, countedTokens, wanted, least)).AsTask();
    }

    public void Dispose() => text.Dispose();
}
