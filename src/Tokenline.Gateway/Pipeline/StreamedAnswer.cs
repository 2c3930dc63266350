using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Sse;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>
/// One streamed answer on its way. Events pass as they come, byte for byte, but for the usage chunk of a client that did not ask for it.
/// From the protocol's finish on everything is withheld until the settle is durable. Nothing is written before the first event that is worth it,
/// so that another deployment can still take over.
/// </summary>
internal sealed class StreamedAnswer(
    Call call,
    VendorClock clock,
    Settlement settlement,
    IChargingAccounts accounts,
    GatewayOptions options,
    TimeProvider time
) : IDisposable
{
    private const int ReadBytes = 16 * 1024;

    /// <summary>Reads that were ready at once, one after the other; then others have their turn on the thread. They take it for a few milliseconds.</summary>
    private const int ReadyMax = 8;
    private static readonly TimeSpan afterDone = TimeSpan.FromSeconds(2);

    private readonly SseSplitter splitter = new();
    private readonly AnswerMeter meter = call.Answer;
    private readonly Slices slices = new(call, accounts, options.SliceBytes);
    private readonly PooledBuffer held = new(); // before the first event: comments; after the finish: the end
    private byte[]? chunk; // only while there is something to read: most streams are silent most of the time
    private bool hasBegun;
    private bool isFinishing;
    private bool mustFlush;
    private int ready;
    private long lastEventAt;

    private HttpResponse Response => call.Context.Response;

    private enum Step
    {
        GoOn,
        QuotaEnded,
        VendorError,
    }

    public async ValueTask<VendorFailure?> RelayAsync(VendorAnswer answer)
    {
        lastEventAt = call.Attempt.AskedAt;
        try
        {
            var isOver = false;
            while (!isOver && !(meter.IsDone && meter.HasUsage))
            {
                clock.Allow(Patience());
                await WaitAsync(answer);
                chunk = ArrayPool<byte>.Shared.Rent(ReadBytes);
                var count = await answer.ReadAsync(chunk.AsMemory(0, ReadBytes));
                isOver = count == 0;
                if (isOver)
                    splitter.Complete();
                else
                    splitter.Feed(chunk.AsMemory(0, count));
                while (splitter.TryNext(out var next))
                {
                    var step = clock.IsClientGone ? Watch(next) : await PassAsync(next, answer);
                    if (step == Step.GoOn)
                        continue;
                    if (step == Step.VendorError && !hasBegun)
                        return VendorFailure.Reported(call.Deployment.Vendor, Redaction.Without(call.VendorKey, next.Data.Span));
                    await (step == Step.QuotaEnded ? EndForQuotaAsync() : CutAsync(CallEnding.VendorError));
                    return null;
                }
                if (splitter.IsTooLarge)
                    return await BrokenAsync(VendorFailure.TooLarge(call.Deployment.Vendor));
                ReturnChunk();
                if (mustFlush)
                    await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (meter.IsDone || clock.IsClientGone || call.IsCutHere)
        {
            // After [DONE] nothing more had to come; of a client that is gone the rest is below.
        }
        catch (OperationCanceledException)
        {
            return await BrokenAsync(VendorFailure.Timeout(call.Deployment.Vendor));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            if (!clock.IsClientGone)
                return await BrokenAsync(VendorFailure.Cut(call.Deployment.Vendor));
        }
        catch (Exception) when (hasBegun)
        {
            // The account is out of reach, or a bug: what was delivered is still owed. The caller logs it.
            await CutAsync(CallEnding.VendorCut);
            throw;
        }

        if (call.IsCutHere && !meter.IsDone)
            return await EndHereAsync();
        if (clock.IsClientGone)
            await SettleAsync(CallEnding.ClientGone);
        else if (meter.IsDone || isFinishing)
            return await FinishAsync(answer);
        else
            return await BrokenAsync(hasBegun ? VendorFailure.Cut(call.Deployment.Vendor) : VendorFailure.Garbage(call.Deployment.Vendor));
        return null;
    }

    /// <summary>A read of nothing completes when there is something to read.</summary>
    [SuppressMessage("Reliability", "CA2022", Justification = "nothing is read here")]
    private async ValueTask WaitAsync(VendorAnswer answer)
    {
        var waiting = answer.ReadAsync(Memory<byte>.Empty);
        ready = waiting.IsCompleted ? ready + 1 : 0;
        if (ready == ReadyMax)
        {
            // A vendor that is always ahead would keep a thread that serves sockets for as long as its answer is.
            ready = 0;
            await Task.Yield();
        }
        if (!call.Client.Pings || waiting.IsCompleted)
        {
            _ = await waiting;
            return;
        }
        var task = waiting.AsTask();
        while (!await Pings.IsEndedAsync(task, TimeSpan.FromSeconds(options.PingSeconds), time))
            await PingAsync();
        _ = await task;
    }

    /// <summary>The vendor is silent; its client is not to take the stream for dead.</summary>
    private async ValueTask PingAsync()
    {
        if (clock.IsClientGone || call.IsCutHere || isFinishing)
            return;
        if (hasBegun)
        {
            call.Client.WritePing(Response.BodyWriter);
            await FlushAsync();
            return;
        }
        if (!call.IsOpened && held.Length > 0)
        {
            // What the vendor has said so far opens the stream; another may still take over.
            await OpenAsync(null);
            call.IsOpened = true;
            Response.BodyWriter.Write(held.Span);
            held.Clear();
        }
        await Opening.PingAsync(call, accounts);
    }

    /// <summary>Reads an event and passes it on, or keeps it back.</summary>
    private async ValueTask<Step> PassAsync(SseEvent next, VendorAnswer answer)
    {
        if (!next.HasData)
        {
            call.Exchange.Pass(next, new AnswerPayload(AnswerPayloadKinds.Ping, 0, default, default), Target);
            mustFlush |= !IsHeldBack;
            return Step.GoOn;
        }
        var payload = meter.ReadEvent(next, slices.Text);
        if (payload.Has(AnswerPayloadKinds.Error) || (payload.Has(AnswerPayloadKinds.NotJson) && !hasBegun))
            return Step.VendorError;
        if (!slices.IsWithin && !await slices.ExtendAsync(payload.TextBytes))
        {
            slices.Undo(payload.TextBytes);
            return Step.QuotaEnded;
        }
        var isContent = !payload.Has(AnswerPayloadKinds.Opening | AnswerPayloadKinds.Ping);
        if (!payload.Has(AnswerPayloadKinds.Ping))
            lastEventAt = time.GetTimestamp();
        if (isContent && !hasBegun)
            await BeginAsync(answer);
        isFinishing |= meter.IsEnding;
        call.Exchange.Pass(next, payload, Target);
        mustFlush |= !IsHeldBack;
        return Step.GoOn;
    }

    /// <summary>The client is gone: only the vendor's usage is still of interest.</summary>
    private Step Watch(SseEvent next)
    {
        if (!next.HasData)
            return Step.GoOn;
        var payload = meter.ReadEvent(next, slices.Text);
        slices.Undo(payload.TextBytes); // it is not delivered any more
        return Step.GoOn;
    }

    private bool IsHeldBack => !hasBegun || isFinishing;

    private IBufferWriter<byte> Target => IsHeldBack ? held : Response.BodyWriter;

    /// <summary>How long the vendor may be silent. Pings and comments are signs of life, but not for longer than a first byte may take.</summary>
    private TimeSpan Patience()
    {
        if (meter.IsDone)
            return afterDone;
        var silence = TimeSpan.FromSeconds(options.SilenceTimeoutSeconds);
        var left =
            (hasBegun ? TimeSpan.FromSeconds(options.FirstByteTimeoutSeconds) : clock.FirstBytePatience) - time.GetElapsedTime(lastEventAt);
        return left < silence ? TimeSpan.FromTicks(Math.Max(left.Ticks, 1)) : silence;
    }

    /// <summary>The first byte leaves only when the dispatch is durable.</summary>
    private async ValueTask BeginAsync(VendorAnswer answer)
    {
        call.Attempt.Began();
        if (!call.IsOpened)
            await OpenAsync(answer.ContentType);
        hasBegun = true;
        if (held.Length > 0)
            Response.BodyWriter.Write(held.Span);
        held.Clear();
        mustFlush = true;
    }

    private async ValueTask OpenAsync(string? type)
    {
        await accounts.DispatchedAsync(call.Key.Account, call.Charge);
        Response.StatusCode = StatusCodes.Status200OK;
        Response.ContentType = call.Exchange.StreamType ?? type ?? "text/event-stream";
        Response.Headers.CacheControl = "no-cache";
        Response.Headers["x-tokenline-model"] = call.AnsweredModelHeader;
    }

    private async ValueTask FlushAsync()
    {
        mustFlush = false;
        var flushing = Response.BodyWriter.FlushAsync();
        if (flushing.IsCompletedSuccessfully)
            return;
        clock.Pause();
        await flushing;
    }

    private async ValueTask<VendorFailure?> FinishAsync(VendorAnswer answer)
    {
        if (!hasBegun)
            await BeginAsync(answer);
        var (usage, basis, check) = await UsageAsync();
        if (await settlement.SettleAsync(call, usage, basis, CallEnding.Completed, check))
        {
            call.Exchange.End(usage, held);
            await CopyAsync();
            await SendHeldAsync();
        }
        else
        {
            call.Context.Abort();
        }
        return null;
    }

    private async ValueTask EndForQuotaAsync()
    {
        clock.Cancel();
        var usage = Usage.Of(await Settlement.CountInputAsync(call), slices.CountHeld());
        if (!await settlement.SettleAsync(call, usage, UsageBasis.Estimated, CallEnding.QuotaEnded, null))
        {
            call.Context.Abort();
            return;
        }
        held.Clear();
        call.Exchange.EndForLength(usage, held);
        await CopyAsync();
        await SendHeldAsync();
    }

    private async ValueTask CopyAsync()
    {
        if (call.Copy is not { } copy)
            return;
        copy.End(held.Memory);
        await copy.KeptAsync();
    }

    /// <summary>Nothing delivered: another deployment may try. Otherwise what was delivered is settled and the stream is cut.</summary>
    private async ValueTask<VendorFailure?> BrokenAsync(VendorFailure failure)
    {
        if (!hasBegun)
            return failure;
        await CutAsync(CallEnding.VendorCut);
        return null;
    }

    /// <summary>The server ends and has cut the client off: it pays for what it got, whatever the vendor made.</summary>
    private async ValueTask<VendorFailure?> EndHereAsync()
    {
        if (!hasBegun)
            return VendorFailure.Abandoned;
        await settlement.SettleAsync(call, await CountedAsync(), UsageBasis.Estimated, CallEnding.ServerEnded, null);
        return null;
    }

    /// <summary>A cut stream must look cut: an error event, and no clean end.</summary>
    private async ValueTask CutAsync(CallEnding ending)
    {
        await SettleAsync(ending);
        held.Clear();
        call.Client.WriteStreamError(
            held,
            Problems.UpstreamError,
            $"The vendor {call.Deployment.Vendor} broke off its answer. What was delivered is charged."
        );
        await SendHeldAsync();
        call.Context.Abort();
    }

    private async ValueTask SendHeldAsync()
    {
        if (clock.IsClientGone)
            return;
        clock.Pause();
        Response.BodyWriter.Write(held.Span);
        await Response.BodyWriter.FlushAsync();
    }

    private async ValueTask<bool> SettleAsync(CallEnding ending)
    {
        var (usage, basis, check) = await UsageAsync();
        return await settlement.SettleAsync(call, usage, basis, ending, check);
    }

    private async ValueTask<(Usage Usage, UsageBasis Basis, string? Check)> UsageAsync()
    {
        var reading = meter.ReadUsage(call.Deployment.Vendor);
        return reading.IsReported
            ? (reading.Usage, UsageBasis.Vendor, reading.Check)
            : (await CountedAsync(), UsageBasis.Estimated, reading.Check);
    }

    private async ValueTask<Usage> CountedAsync() => Usage.Of(await Settlement.CountInputAsync(call), slices.Count());

    public void Dispose()
    {
        splitter.Dispose();
        slices.Dispose();
        held.Dispose();
        ReturnChunk();
    }

    private void ReturnChunk()
    {
        if (chunk is not null)
            ArrayPool<byte>.Shared.Return(chunk);
        chunk = null;
    }
}
