using System.Buffers;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Tokens;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>An answer that is not streamed: read whole, settled, and only then sent, byte for byte.</summary>
internal sealed class PlainRelay(Settlement settlement, GatewayOptions options)
{
    private const int ReadBytes = 2048;

    /// <summary>Null: served, or the client is gone and its charge is settled. Otherwise nothing was delivered and another deployment may try.</summary>
    public async ValueTask<VendorFailure?> RelayAsync(Call call, VendorAnswer answer, VendorClock clock)
    {
        using var body = new PooledBuffer();
        switch (await ReadAsync(call, answer, clock, body))
        {
            case Reading.Whole:
                break;
            case Reading.Gone:
                await SettleGoneAsync(call);
                return null;
            case Reading.Abandoned:
                return VendorFailure.Abandoned;
            case Reading.Silent:
                return VendorFailure.Timeout(call.Deployment.Vendor);
            case Reading.TooLarge:
                return VendorFailure.TooLarge(call.Deployment.Vendor);
            default:
                return VendorFailure.Cut(call.Deployment.Vendor);
        }
        using var text = new PooledBuffer();
        if (WhyNoAnswer(call, body, text) is { } failure)
            return failure;

        var ending = call.ClientGone.IsCancellationRequested ? CallEnding.ClientGone : CallEnding.Completed;
        var settle = Reported(call, ending) ?? await CountedAsync(call, ending, text);
        if (!await settlement.SettleAsync(call, settle))
        {
            if (!call.Context.Response.HasStarted) // or it was told that there is no answer
                call.Context.Abort();
            return null;
        }
        text.Clear();
        var whole = call.Exchange.Whole(body.Memory, settle.Usage, text);
        if (call.Copy is { } copy)
        {
            copy.Whole(whole);
            await copy.KeptAsync();
        }
        await SendAsync(call, answer, whole);
        return null;
    }

    private enum Reading
    {
        Whole,
        Broken,
        TooLarge,
        Silent,
        Abandoned,

        /// <summary>The client is, and the vendor's last few seconds are over.</summary>
        Gone,
    }

    private async ValueTask<Reading> ReadAsync(Call call, VendorAnswer answer, VendorClock clock, PooledBuffer body)
    {
        var silence = TimeSpan.FromSeconds(options.SilenceTimeoutSeconds);
        try
        {
            while (true)
            {
                var reading = answer.ReadAsync(body.GetMemory(ReadBytes));
                if (!reading.IsCompleted)
                    clock.Allow(silence);
                var count = await reading;
                if (count == 0)
                    return Reading.Whole;
                body.Advance(count);
                call.AnswerHasGrownTo(body.Length);
                if (body.Length > options.AnswerBytesMax)
                    return Reading.TooLarge;
            }
        }
        catch (OperationCanceledException)
        {
            return call.IsCutHere ? Reading.Abandoned
                : clock.IsClientGone ? Reading.Gone
                : Reading.Silent;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return Reading.Broken;
        }
    }

    /// <summary>Reads what has come; null: it is an answer.</summary>
    private static VendorFailure? WhyNoAnswer(Call call, PooledBuffer body, PooledBuffer text)
    {
        var payload = call.Answer.ReadWhole(body.Span, text);
        if (payload.Has(AnswerPayloadKinds.Error))
            return VendorFailure.Reported(call.Deployment.Vendor, Redaction.Without(call.VendorKey, body.Span));
        return payload.Has(AnswerPayloadKinds.NotJson) || !payload.Has(AnswerPayloadKinds.Answer)
            ? VendorFailure.Garbage(call.Deployment.Vendor)
            : null;
    }

    /// <summary>Null: the vendor has not said what it used.</summary>
    private SettleRequest? Reported(Call call, CallEnding ending)
    {
        var reading = call.Answer.ReadUsage(call.Deployment.Vendor);
        return reading.IsReported
            ? settlement.Begin(call, reading.Usage, reading.IsCounted ? UsageBasis.Estimated : UsageBasis.Vendor, ending, reading.Check)
            : null;
    }

    private async ValueTask<SettleRequest> CountedAsync(Call call, CallEnding ending, PooledBuffer text)
    {
        var output = text.Length == 0 || ending == CallEnding.ClientGone ? 0 : TokenCounter.Count(text.Span);
        var usage = call.Client.InputUsage(call, await Settlement.CountInputAsync(call));
        usage[Meter.Output] = output;
        return settlement.Begin(call, usage, UsageBasis.Estimated, ending, call.Answer.ReadUsage(call.Deployment.Vendor).Check);
    }

    /// <summary>The client left before anything was delivered: it pays for its input, which the vendor has read, and for no output.</summary>
    private async ValueTask SettleGoneAsync(Call call) =>
        await settlement.SettleAsync(
            call,
            call.Client.InputUsage(call, await Settlement.CountInputAsync(call)),
            UsageBasis.Estimated,
            CallEnding.ClientGone,
            null
        );

    private static async ValueTask SendAsync(Call call, VendorAnswer answer, ReadOnlyMemory<byte> body)
    {
        var response = call.Context.Response;
        response.StatusCode = (int)answer.Status;
        response.ContentType = call.Exchange.WholeType ?? answer.ContentType ?? "application/json";
        response.ContentLength = body.Length;
        response.Headers["x-tokenline-model"] = call.AnsweredModelHeader;
        if (call.AfterSettle is { } left)
            response.Headers["x-ratelimit-remaining-tokens"] = Numbers.Text(left / QuotaUnit.Micro);
        try
        {
            await response.BodyWriter.WriteAsync(body, call.ClientGone);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && call.ClientGone.IsCancellationRequested)
        {
            // It left with its answer on the way. The call is settled as what it was: whole.
        }
    }
}
