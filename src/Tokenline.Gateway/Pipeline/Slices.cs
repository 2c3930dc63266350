using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Pipeline;

/// <summary>
/// The slices of a running stream. Each boundary is a durable checkpoint of what was delivered, and – where the client gave no limit – the hold for what comes next.
/// Text beyond a boundary leaves only after its extension is durable; it is asked for half a slice ahead, so that the stream does not wait.
/// Bytes bound tokens, so what a stream without a limit delivers is never more than what is held. With a limit the vendor is to keep it; should it
/// not, the stream is held to it here, by count.
/// </summary>
internal sealed class Slices(Call call, IChargingAccounts accounts, int sliceBytes) : IDisposable
{
    private const int OutputMin = 64;

    /// <summary>Text of fewer bytes than twice the tokens of the limit is not counted: hardly any text has so few bytes a token.</summary>
    private const int BytesPerTokenMin = 2;

    private readonly PooledBuffer text = new(); // delivered, not counted yet
    private long countedTokens;
    private long countedBytes;
    private long boundary = call.IsSliced ? call.OutputHeld : sliceBytes; // in bytes of text since the start
    private long limitCheck = call.IsSliced ? long.MaxValue : BytesPerTokenMin * call.OutputHeld; // likewise
    private long held = call.OutputHeld;
    private Task<ExtendOutcome>? pending;
    private long pendingBytes;
    private long pendingTokens;

    /// <summary>The meter appends what it finds in an event here, before the event is delivered.</summary>
    public PooledBuffer Text => text;

    private long Bytes => countedBytes + text.Length;

    /// <summary>Whether an event, whose text has just been appended, may leave at once.</summary>
    public bool IsWithin => Bytes <= Math.Min(boundary - (sliceBytes / 2), limitCheck);

    /// <summary>Called for an event that is not within. False: the quota has ended and the event must not leave.</summary>
    public async ValueTask<bool> ExtendAsync(int eventBytes)
    {
        if (pending is null && Bytes > boundary - (sliceBytes / 2))
            Ask(eventBytes);
        while (Bytes > boundary)
        {
            if (pending is null)
                Ask(eventBytes);
            var outcome = await pending!;
            pending = null;
            if (!outcome.Granted)
                return false;
            held = Math.Max(held, outcome.OutputGranted);
            boundary = call.IsSliced ? pendingBytes + outcome.OutputGranted - pendingTokens : Math.Max(boundary, pendingBytes) + sliceBytes;
            if (call.IsSliced && outcome.OutputGranted - pendingTokens < eventBytes && Bytes > boundary)
                return false; // one event is larger than all that can still be paid
        }
        return Bytes <= limitCheck || await IsWithinLimitAsync(eventBytes);
    }

    /// <summary>Takes back the text of an event that did not leave.</summary>
    public void Undo(int eventBytes) => text.Cut(eventBytes);

    /// <summary>Tokens of all text that was delivered.</summary>
    public long Count()
    {
        Count(text.Length);
        return countedTokens;
    }

    /// <summary>The same for a stream that its quota has ended: never more than was held for it.</summary>
    public long CountHeld() => Math.Min(Count(), held);

    /// <summary>The vendor may count otherwise than we do, by the published factor. Beyond that it does not keep the limit: then more must be held, or the stream ends.</summary>
    private async ValueTask<bool> IsWithinLimitAsync(int eventBytes)
    {
        Count(text.Length - eventBytes);
        var allowed = held * TokenCounter.OtherVocabularyPercent / 100;
        if (countedTokens >= allowed)
        {
            if (pending is not null)
                await pending; // the checkpoint under way
            Ask(eventBytes, beyondLimit: true);
            var outcome = await pending!;
            pending = null;
            if (!outcome.Granted)
                return false;
            held = outcome.OutputGranted;
            allowed = held;
        }
        limitCheck = Bytes + Math.Max(OutputMin, BytesPerTokenMin * (allowed - countedTokens));
        return true;
    }

    private void Ask(int eventBytes, bool beyondLimit = false)
    {
        Count(text.Length - eventBytes); // the newest event has not left yet: it is no part of the checkpoint
        (pendingBytes, pendingTokens) = (countedBytes, countedTokens);
        // A stream that is held whole only leaves a checkpoint.
        var grows = call.IsSliced || beyondLimit;
        var wanted = grows ? countedTokens + Math.Max(sliceBytes, eventBytes) : held;
        var least = grows ? countedTokens + OutputMin : 0;
        pending = accounts.ExtendAsync(call.Key.Account, new ExtendRequest(call.Charge, 0, countedTokens, wanted, least)).AsTask();
    }

    private void Count(int bytes)
    {
        if (bytes <= 0)
            return;
        countedTokens += TokenCounter.Count(text.Span[..bytes]);
        countedBytes += bytes;
        text.Consume(bytes);
    }

    public void Dispose() => text.Dispose();
}
