using System.Net;
using System.Text;
using Tokenline.Gateway.Routing.Figures;

namespace Tokenline.Gateway.Pipeline;

/// <summary>How an attempt at a vendor failed before anything of it was delivered.</summary>
/// <param name="Outcome">For the record, such as <c>status 503</c>.</param>
/// <param name="Rejection">What the client is told if no other deployment can serve.</param>
/// <param name="IsFinal">The request itself is at fault: another deployment would say the same.</param>
/// <param name="Body">The vendor's own error, passed on as it is when the request is at fault.</param>
internal sealed record VendorFailure(string Outcome, Rejection Rejection, bool IsFinal = false, byte[]? Body = null)
{
    /// <summary>It was the key that was refused or limited, and the operator has another one there.</summary>
    public bool MayTryAnotherKey { get; init; }

    /// <summary>No vendor was asked: this call cannot be said there.</summary>
    public bool IsUnfit { get; init; }

    /// <summary>How the figures of its deployment count it.</summary>
    public CallOutcome Counts { get; init; } = CallOutcome.VendorError;

    /// <summary>The vendor has said when it is worth asking again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    private const int WordsMax = 512;

    /// <summary>Nothing is wrong with the vendor: this server ends and waits no longer.</summary>
    public static readonly VendorFailure Abandoned = new("abandoned: the server ended", RunningCalls.Ending)
    {
        Counts = CallOutcome.NotItsFault,
    };

    /// <summary>No answer came at all.</summary>
    public static VendorFailure Of(string vendor, Exception e) =>
        e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } => Cut(vendor),
            HttpRequestException => Unreachable(vendor),
            _ => Timeout(vendor),
        };

    public static VendorFailure Unreachable(string vendor) =>
        new("connect failed", new(Problems.UpstreamUnavailable, $"The vendor {vendor} cannot be reached.", RetryAfterSeconds: 5))
        {
            Counts = CallOutcome.ConnectFailed,
        };

    /// <summary>No vendor is asked: none can serve the model now.</summary>
    public static VendorFailure NoneLeft(string model, string why, int retryAfterSeconds) =>
        new(
            $"no deployment: {why}",
            new(Problems.UpstreamUnavailable, $"No deployment of {model} can serve now: {why}.", RetryAfterSeconds: retryAfterSeconds)
        )
        {
            Counts = CallOutcome.NotItsFault,
        };

    public static VendorFailure Timeout(string vendor) =>
        new("timeout", new(Problems.UpstreamTimeout, $"The vendor {vendor} did not answer in time.")) { Counts = CallOutcome.TimedOut };

    public static VendorFailure Cut(string vendor) =>
        new("cut", new(Problems.UpstreamError, $"The vendor {vendor} broke off its answer.")) { Counts = CallOutcome.Broken };

    public static VendorFailure Garbage(string vendor) =>
        new("not an answer", new(Problems.UpstreamError, $"The vendor {vendor} did not answer in the protocol."))
        {
            Counts = CallOutcome.Broken,
        };

    public static VendorFailure TooLarge(string vendor) =>
        new("too large", new(Problems.UpstreamError, $"The vendor {vendor} sent more than this gateway takes."))
        {
            Counts = CallOutcome.Broken,
        };

    /// <summary>No vendor was asked: the request cannot be said in its protocol, or it would refuse a field. Another deployment may take it.</summary>
    public static VendorFailure Untranslatable(Rejection rejection) =>
        new("not translatable", rejection) { IsUnfit = true, Counts = CallOutcome.NotItsFault };

    /// <summary>An error object in an answer with status 200.</summary>
    public static VendorFailure Reported(string vendor, ReadOnlySpan<byte> words) =>
        new("error in a 200", new(Problems.UpstreamError, $"The vendor {vendor} failed: {Quote(words)}"));

    public static VendorFailure OfStatus(string vendor, HttpStatusCode status, int? retryAfterSeconds, byte[] body)
    {
        var outcome = $"status {(int)status}";
        return (int)status switch
        {
            // Keys, quotas and limits at the vendor are the operator's matter, never the customer's.
            401 or 402 or 403 or 404 or 407 => new(outcome, new(Problems.UpstreamError, $"The vendor {vendor} refused this gateway."))
            {
                Counts = CallOutcome.Refused,
            },
            429 => new(
                outcome,
                new(Problems.UpstreamUnavailable, $"The vendor {vendor} is at its limit.", RetryAfterSeconds: retryAfterSeconds ?? 5)
            )
            {
                Counts = CallOutcome.Limited,
            },
            408 or 504 => Timeout(vendor) with { Outcome = outcome },
            >= 400 and < 500 => new(outcome, new(Problems.InvalidRequest, Quote(body)), IsFinal: true, body)
            {
                Counts = CallOutcome.NotItsFault,
            },
            503 or 529 => new(
                outcome,
                new(
                    Problems.UpstreamUnavailable,
                    $"The vendor {vendor} is not available: {Quote(body)}",
                    RetryAfterSeconds: retryAfterSeconds ?? 5
                )
            ),
            _ => new(outcome, new(Problems.UpstreamError, $"The vendor {vendor} failed with status {(int)status}: {Quote(body)}")),
        };
    }

    /// <summary>The last of several: what was tried before it is named too.</summary>
    public VendorFailure After(IReadOnlyList<string> tried) =>
        tried.Count < 2 || IsUnfit
            ? this
            : this with
            {
                Rejection = Rejection with { Message = $"{Rejection.Message} Tried: {string.Join(", ", tried)}." },
            };

    /// <summary>For a client of another protocol: the vendor's message without the vendor's shape.</summary>
    public VendorFailure InOurWords() =>
        this with
        {
            Rejection = Rejection with
            {
                Message = VendorWords.MessageOf(Body) is { } message ? Quote(Encoding.UTF8.GetBytes(message)) : Rejection.Message,
            },
            Body = null,
        };

    /// <summary>The vendor's words, cut short. Its keys are taken out before they come here.</summary>
    private static string Quote(ReadOnlySpan<byte> words) =>
        Encoding.UTF8.GetString(words[..Math.Min(words.Length, WordsMax)]).ReplaceLineEndings(" ");
}
