using System.Net.Http.Headers;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Answers of vendors that are none: any status but 200.</summary>
internal sealed class Refusals(VendorKeys keys, TimeProvider time)
{
    private const int ErrorBytesMax = 16 * 1024;

    /// <summary>
    /// Reads the vendor's words, without the operator's key in them, and lets the key rest where it was the key that was refused.
    /// Half an error is no error in any protocol: of one that is too long, or broke off, the client hears the beginning in our words.
    /// </summary>
    public async ValueTask<VendorFailure> ReadAsync(Call call, VendorAnswer answer, VendorClock clock)
    {
        using var words = new PooledBuffer();
        var isWhole = false;
        try
        {
            while (!isWhole && words.Length <= ErrorBytesMax)
            {
                var count = await answer.ReadAsync(words.GetMemory(ErrorBytesMax / 4));
                isWhole = count == 0;
                words.Advance(count);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or InvalidDataException)
        {
            // The status alone is enough to go on with.
        }
        var retryAfter = RetryAfterOf(answer);
        var redacted = Redaction.Without(call.VendorKey, words.Span[..Math.Min(words.Length, ErrorBytesMax)]);
        var failure = VendorFailure.OfStatus(
            call.Deployment.Vendor,
            answer.Status,
            retryAfter is { } delta ? (int?)Math.Ceiling(delta.TotalSeconds) : null,
            redacted
        ) with
        {
            RetryAfter = retryAfter,
        };
        // A key that is refused or limited while another one is well says nothing of the deployment.
        if (keys.Refused(call.Deployment, call.VendorKey, answer.Status, retryAfter))
            failure = failure with { MayTryAnotherKey = true, Counts = CallOutcome.NotItsFault };
        return failure.Body is null || (isWhole && call.Exchange.PassesErrors) ? failure : failure.InOurWords();
    }

    /// <summary>In seconds, or an instant.</summary>
    private TimeSpan? RetryAfterOf(VendorAnswer answer) =>
        RetryConditionHeaderValue.TryParse(answer.Headers.Text("retry-after"u8), out var said)
            ? said switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
                _ => null,
            }
            : null;
}
