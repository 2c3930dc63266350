using System.Buffers;
using Tokenline.Charging.Records;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Tokens;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>An answer that is not streamed: read whole, settled, and only then sent, byte for byte.</summary>
internal sealed class PlainRelay(Settlement settlement, GatewayOptions options)
{
    private const int ReadBytes = 2048;

    /// <summary>Null: served, or the client is gone and its charge is settled. Otherwise nothing was delivered and another deployment may try.</summary>
    public async ValueTask<VendorFailure?> RelayAsync(ChatCall call, HttpResponseMessage answer, VendorClock clock)
    {
        using var body = new PooledBuffer();
        var silence = TimeSpan.FromSeconds(options.SilenceTimeoutSeconds);
        try
        {
            await using var stream = await UpstreamClient.OpenBodyAsync(answer, clock.Token);
            while (true)
            {
                clock.Allow(silence);
                var count = await stream.ReadAsync(body.GetMemory(ReadBytes), clock.Token);
                if (count == 0)
                    break;
                body.Advance(count);
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
        var payload = ChatAnswerReader.Read(body.Span, call.Facts, text);
        if (payload.Has(ChatPayloadKinds.Error))
            return VendorFailure.Reported(call.Deployment.Vendor, Redaction.Without(call.Deployment.ApiKey, body.Span));
        if (payload.Has(ChatPayloadKinds.NotJson) || !payload.Has(ChatPayloadKinds.Choices))
            return VendorFailure.Garbage(call.Deployment.Vendor);

        if (!await SettleAsync(call, text.Span.Length, text))
        {
            call.Context.Abort();
            return null;
        }
        await SendAsync(call, answer, body);
        return null;
    }

    private async ValueTask<bool> SettleAsync(ChatCall call, int textLength, PooledBuffer text)
    {
        var ending = call.ClientGone.IsCancellationRequested ? CallEnding.ClientGone : CallEnding.Completed;
        var reading = call.Facts.ReadUsage(VendorQuirks.Of(call.Deployment.Vendor));
        if (reading.IsReported)
            return await settlement.SettleAsync(call, reading.Usage, UsageBasis.Vendor, ending, reading.Check);
        var output = textLength == 0 || ending == CallEnding.ClientGone ? 0 : TokenCounter.Count(text.Span);
        return await settlement.SettleAsync(
            call,
            Usage.Of(await Settlement.CountInputAsync(call), output),
            UsageBasis.Estimated,
            ending,
            null
        );
    }

    /// <summary>The client left before anything was delivered: it pays for its input, which the vendor has read, and for no output.</summary>
    private async ValueTask SettleGoneAsync(ChatCall call) =>
        await settlement.SettleAsync(
            call,
            Usage.Of(await Settlement.CountInputAsync(call), 0),
            UsageBasis.Estimated,
            CallEnding.ClientGone,
            null
        );

    private static async ValueTask SendAsync(ChatCall call, HttpResponseMessage answer, PooledBuffer body)
    {
        var response = call.Context.Response;
        response.StatusCode = (int)answer.StatusCode;
        response.ContentType = answer.Content.Headers.ContentType?.ToString() ?? "application/json";
        response.ContentLength = body.Length;
        response.Headers["x-tokenline-model"] = call.AnsweredModel;
        if (call.AfterSettle is { } left)
            response.Headers["x-ratelimit-remaining-tokens"] = Numbers.Text(left / QuotaUnit.Micro);
        try
        {
            await response.BodyWriter.WriteAsync(body.Memory, call.ClientGone);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && call.ClientGone.IsCancellationRequested)
        {
            // It left with its answer on the way. The call is settled as what it was: whole.
        }
    }
}
