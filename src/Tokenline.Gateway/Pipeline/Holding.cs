using Microsoft.AspNetCore.Http;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Pipeline;

/// <summary>
/// Sets aside the worst case of a call before it runs. Cheap when it can be: with ample room the byte bound is taken as it is. Otherwise the prompt
/// is counted precisely where the tokenizer is public, and the output limit is clamped to what can be afforded.
/// </summary>
internal sealed class Holding(IChargingAccounts accounts, AutoPacks packs, GatewayOptions options, GatewayRun run)
{
    private const string PublicTokenizer = "o200k_base";
    private const int OutputMinPerChoice = 16;

    /// <summary>Output that a client which names no limit gets even when the plan runs low, as long as it can be paid.</summary>
    private const int OutputModestPerChoice = 8192;

    /// <summary>Prompts beyond this are not counted precisely: their bound is held.</summary>
    private const long CountedBytesMax = 1024 * 1024;

    /// <summary>A longer one takes milliseconds to count, and is not counted on a thread that serves sockets.</summary>
    private const long CountedAtOnceBytes = 4 * 1024;

    /// <summary>No text has so many bytes a token; a prompt that would need it cannot fit the model.</summary>
    private const int BytesPerTokenMax = 32;

    /// <summary>Null: held, and the call knows its limits. Otherwise why not.</summary>
    public async ValueTask<Rejection?> HoldAsync(Call call)
    {
        if (Limits(call) is { } impossible)
            return impossible;
        var wanted = Wanted(call);
        call.InputBound = Bound(call);
        call.InputEstimate = Math.Min(TokenEstimate.OfPrompt(call.Request, call.Model.ImageTokensMax), call.InputBound);
        call.TokensEstimate = Estimate(call, wanted);
        var request = new HoldRequest
        {
            Charge = call.Charge,
            Key = call.Key.Key,
            Tariff = call.Tariff,
            Vendor = call.Deployment.Vendor,
            Deployment = call.Deployment.Id,
            Stream = call.Request.Stream,
            InputBound = call.InputBound,
            Allotment = call.Key.Allotment,
            Run = call.Run,
            Traits = Traits(call),
            TokensEstimate = call.TokensEstimate,
            InputEstimate = call.InputEstimate,
            OutputWanted = wanted,
            Other = call.Unary?.Other ?? default,
            OutputModest = call.Request.OutputLimit is null
                ? Math.Min(wanted, checked(OutputModestPerChoice * (long)call.Request.Choices + call.Request.PredictionBytes))
                : wanted,
            OutputMin = call.Unary is not null
                ? wanted
                : Math.Min(wanted, (OutputMinPerChoice * (long)call.Request.Choices) + call.Request.PredictionBytes),
            Precise = false,
            Node = run.Node,
            IdempotencyKey = call.Name,
        };
        var outcome = await accounts.HoldAsync(call.Key.Account, request);
        if (outcome.Verdict == HoldVerdict.Tight)
        {
            call.InputBound =
                call.Request.PromptBytes <= CountedAtOnceBytes ? PreciseBound(call) : await Task.Run(() => PreciseBound(call));
            request = request with { Precise = true, InputBound = call.InputBound };
            outcome = await accounts.HoldAsync(call.Key.Account, request);
            // Nothing is left, but the customer has allowed to buy a pack then: the call waits for it and tries once more.
            if (outcome.Refusal?.MayBuyPack is { } pack && await packs.BuyAsync(call.Key.Account, pack, call.ClientGone))
                outcome = await accounts.HoldAsync(call.Key.Account, request);
        }
        if (outcome.Refusal is { } refusal)
            return new Rejection(refusal.Problem, Words(call, refusal), ResetsAt: refusal.ResetsAt, First: refusal.First);

        call.OutputHeld = outcome.OutputGranted;
        if (outcome.OutputGranted < wanted)
        {
            call.OutputLimit = (int)Math.Max(1, (outcome.OutputGranted - call.Request.PredictionBytes) / call.Request.Choices);
            call.IsSliced = false;
        }
        Disclose(call, outcome);
        return null;
    }

    /// <summary>From sizes; a file can be as much as the model accepts, whatever its size.</summary>
    private static long Bound(Call call)
    {
        if (call.Unary is { } unary)
            return unary.Input;
        var bound = PromptBound.Of(call.Request, call.Model.ImageTokensMax);
        return call.Request.HasUnmeasuredInput ? Math.Max(bound, call.Model.ContextTokens) : bound;
    }

    /// <summary>What rates count until the call has ended: its prompt by size, and as much output as it may ask for, or a modest answer where it names no limit.</summary>
    private static long Estimate(Call call, long wanted) =>
        call.InputEstimate
        + (call.Request.OutputLimit is null ? Math.Min(wanted, TokenEstimate.ModestAnswer * (long)call.Request.Choices) : wanted);

    private static CallTraits? Traits(Call call) =>
        call is { Request.Service: ServiceClass.Standard, Key: { Region: null, CustomerGroup: null }, Unary: null or { ImageClass: null } }
            ? null
            : new CallTraits(call.Request.Service, call.Key.Region, call.Key.CustomerGroup, call.Unary?.ImageClass);

    /// <summary>Whoever has nothing left to pay with is told where there is more: the operator's shop, or the portal at the address that was called.</summary>
    private string Words(Call call, Refusal refusal)
    {
        if (refusal.Problem.Status != StatusCodes.Status402PaymentRequired)
            return refusal.Message;
        var request = call.Context.Request;
        return $"{refusal.Message} Plans and packs: {options.ShopUrl ?? $"{request.Scheme}://{request.Host}/"}";
    }

    private static Rejection? Limits(Call call)
    {
        var model = call.Model;
        if (call.Unary is not null)
            return null; // the vendor's own limits hold: what is too long is refused there, and free
        if (call.Request.OutputLimit > model.ContextTokens)
            return new(
                Problems.InvalidRequest,
                $"{model.Id} accepts {model.ContextTokens} tokens, input and output together; an output limit of {call.Request.OutputLimit} is impossible.",
                Param: call.Client.OutputLimitParam(call.Request)
            );
        if (call.Request.PromptBytes > model.ContextTokens * BytesPerTokenMax)
            return new(
                Problems.ContextLengthExceeded,
                $"The input is longer than the {model.ContextTokens} tokens that {model.Id} accepts.",
                Param: call.Client.PromptParam
            );
        if (call.Request.ImageCount > 0 && model.ImageTokensMax == 0)
            return new(Problems.InvalidRequest, $"{model.Id} does not read images.", Param: call.Client.PromptParam);
        return null;
    }

    /// <summary>Output tokens to hold. Also decides whether the call is told a limit, and whether it is held in slices.</summary>
    private long Wanted(Call call)
    {
        if (call.Unary is { } unary)
            return unary.Output;
        ref readonly var request = ref call.Request;
        var most = call.Model.OutputTokensMax;
        if (request.OutputLimit is { } limit)
        {
            if (limit > most)
                call.OutputLimit = (int)most;
            return checked(Math.Min(limit, most) * request.Choices + request.PredictionBytes);
        }
        // Reasoning that is not sent cannot be metered on the way, so such a stream is held whole.
        call.IsSliced = request.Stream && !call.Model.HidesReasoning && request.PredictionBytes == 0;
        var whole = checked(most * request.Choices + request.PredictionBytes);
        return call.IsSliced ? Math.Min(options.SliceBytes, whole) : whole;
    }

    private static long PreciseBound(Call call)
    {
        ref readonly var request = ref call.Request;
        if (
            call.Unary is not null
            || call.Model.Tokenizer != PublicTokenizer
            || request.PromptBytes > CountedBytesMax
            || request.AudioPayloadBytes > 0
            || request.HasUnmeasuredInput
        )
            return call.InputBound;
        // How vendors print tools is not published, so tools keep their bound in bytes.
        var tools = request.HasTools ? (2 * request.ToolBytes) + PromptBound.TokensPerToolPreamble : 0;
        var counted = call.Client.CountPrompt(call.Body.Span, request, isO200k: true);
        return Math.Min(
            call.InputBound,
            counted
                + tools
                + (PromptBound.TokensPerMessage * (long)request.MessageCount)
                + ((long)request.ImageCount * call.Model.ImageTokensMax)
        );
    }

    private static void Disclose(Call call, in HoldOutcome outcome)
    {
        var headers = call.Context.Response.Headers;
        if (call.OutputLimit is { } limit)
            headers["x-tokenline-output-limit"] = Numbers.Text(limit);
        if (outcome.Requests is { } rate)
        {
            headers["x-ratelimit-limit-requests"] = Numbers.Text(rate.Limit);
            headers["x-ratelimit-remaining-requests"] = Numbers.Text(rate.Remaining);
            if (rate.ResetsAt is { } resets)
                headers["x-ratelimit-reset-requests"] = Numbers.Seconds(resets - call.StartedAt);
        }
        if (outcome.Limit == 0)
            return;
        headers["x-ratelimit-limit-tokens"] = Numbers.Text(outcome.Limit / QuotaUnit.Micro);
        headers["x-ratelimit-remaining-tokens"] = Numbers.Text(outcome.Remaining / QuotaUnit.Micro);
        if (outcome.ResetsAt is { } end)
            headers["x-ratelimit-reset-tokens"] = Numbers.Seconds(end - call.StartedAt);
    }
}
