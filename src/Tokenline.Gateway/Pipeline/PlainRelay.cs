using System.Buffers;
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
        var silence = TimeSpan.FromSeconds(options.SilenceTimeoutSeconds);
        try
        {
            while (true)
            {
                clock.Allow(silence);
                var count = await answer.ReadAsync(body.GetMemory(ReadBytes));
                if (count == 0)
                    break;
                body.Advance(count);
                call.AnswerHasGrownTo(body.Length);
                if (body.Length > options.AnswerBytesMax)
                    return VendorFailure.TooLarge(call.Deployment.Vendor);
            }
        }
        catch (OperationCanceledException)
        {
            if (call.IsCutHere)
                return VendorFailure.Abandoned;
            if (!clock.IsClientGone)
                return VendorFailure.Timeout(call.Deployment.Vendor);
            await SettleGoneAsync(call);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return VendorFailure.Cut(call.Deployment.Vendor);
        }

        using var text = new PooledBuffer();
        var payload = call.Answer.ReadWhole(body.Span, text);
        if (payload.Has(AnswerPayloadKinds.Error))
            return VendorFailure.Reported(call.Deployment.Vendor, Redaction.Without(call.VendorKey, body.Span));
        if (payload.Has(AnswerPayloadKinds.NotJson) || !payload.Has(AnswerPayloadKinds.Answer))
            return VendorFailure.Garbage(call.Deployment.Vendor);

        var ending = call.ClientGone.IsCancellationRequested ? CallEnding.ClientGone : CallEnding.Completed;
        var reading = call.Answer.ReadUsage(call.Deployment.Vendor);
        var usage = reading.IsReported ? reading.Usage : await CountAsync(call, ending, text);
        var basis = reading is { IsReported: true, IsCounted: false } ? UsageBasis.Vendor : UsageBasis.Estimated;
        if (!await settlement.SettleAsync(call, usage, basis, ending, reading.Check))
        {
            if (!call.Context.Response.HasStarted) // or it was told that there is no answer
                call.Context.Abort();
            return null;
        }
        text.Clear();
        var whole = call.Exchange.Whole(body.Memory, usage, text);
        if (call.Copy is { } copy)
        {
            copy.Whole(whole);
            await copy.KeptAsync();
        }
        await SendAsync(call, answer, whole);
        return null;
    }

    private static async ValueTask<Usage> CountAsync(Call call, CallEnding ending, PooledBuffer text)
    {
        var output = text.Length == 0 || ending == CallEnding.ClientGone ? 0 : TokenCounter.Count(text.Span);
        var usage = call.Client.InputUsage(call, await Settlement.CountInputAsync(call));
        usage[Meter.Output] = output;
        return usage;
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
