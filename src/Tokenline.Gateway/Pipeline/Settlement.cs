using Microsoft.Extensions.Logging;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Ends charges: settles or releases until it is durable, whatever becomes of the client meanwhile.</summary>
internal sealed partial class Settlement(IChargingAccounts accounts, GatewayOptions options, TimeProvider time, ILogger<Settlement> log)
{
    private static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan longestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(5);

    private readonly UndeliveredAnswer undelivered = new(accounts, time);

    /// <summary>True: the charge is durable and the answer may end. False: it could not be made so, and the connection must be cut.</summary>
    public ValueTask<bool> SettleAsync(Call call, in Usage usage, UsageBasis basis, CallEnding ending, string? check) =>
        SettleAsync(call, Begin(call, usage, basis, ending, check));

    /// <summary>How the call ends: what is to be settled.</summary>
    public SettleRequest Begin(Call call, in Usage usage, UsageBasis basis, CallEnding ending, string? check)
    {
        call.Ending = ending;
        call.OutputUsed = usage.WholeOutput;
        call.TokensUsed = long.CreateSaturating((Int128)usage.WholeInput + usage.WholeOutput);
        if (check is not null)
            LogCheck(call.Charge, call.Deployment.Vendor, check);
        return new SettleRequest
        {
            Charge = call.Charge,
            Usage = usage,
            Basis = basis,
            Ending = ending,
            Check = check,
            // A vendor serves lines of batches as any other call, and is owed for that, unless it says otherwise.
            Service = call.Answer.Service ?? (call.Line is null ? null : ServiceClass.Standard),
            AnsweredModel = call.OtherModel,
            Vendor = call.Deployment.Vendor,
            Deployment = call.Deployment.Id,
            Attempts = call.FailedAttempts,
            VendorUsage = call.Answer.VerbatimUsage(),
        };
    }

    /// <summary>Settles what was begun.</summary>
    public async ValueTask<bool> SettleAsync(Call call, SettleRequest request)
    {
        bool isEnded;
        try
        {
            isEnded = IsEnded(await accounts.SettleAsync(call.Key.Account, request), call);
        }
        catch (Exception e)
        {
            LogRetry(call.Charge, e);
            isEnded = await SettleAgainAsync(call, request);
        }
        // This may be the journal's own thread, which has others to serve: only what ends in a moment stays on it.
        if (!call.GoesOnAtOnce)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return isEnded;
    }

    /// <summary>Apart from the first time, which needs no delegates: what they capture would be allocated for every call.</summary>
    private ValueTask<bool> SettleAgainAsync(Call call, SettleRequest request) =>
        UntilDurableAsync(
            call,
            () => accounts.SettleAsync(call.Key.Account, request),
            () => undelivered.EndAsync(call.Key.Account, request)
        );

    /// <summary>Nothing was delivered: the customer pays nothing, and the attempts stay as vendor-side cost.</summary>
    public async ValueTask<bool> ReleaseAsync(Call call, string reason)
    {
        var request = new ReleaseRequest(call.Charge, reason, call.FailedAttempts);
        return await UntilDurableAsync(call, () => accounts.ReleaseAsync(call.Key.Account, request));
    }

    /// <summary>The prompt, counted here because the vendor did not say: never more than was held for it.</summary>
    public static ValueTask<long> CountInputAsync(Call call) =>
        call.Request.PromptBytes <= CountedAtOnceBytes ? new(CountInput(call)) : new(Task.Run(() => CountInput(call)));

    private static long CountInput(Call call)
    {
        ref readonly var request = ref call.Request;
        var images = (long)request.ImageCount * call.Model.ImageTokensMax;
        var text =
            request.PromptBytes <= CountedBytesMax
                ? call.Client.CountPrompt(call.Body.Span, request, call.Model.Tokenizer == "o200k_base")
                : TokenEstimate.OfPrompt(request, 0);
        return Math.Min(call.InputBound, text + images);
    }

    private const long CountedBytesMax = 4 * 1024 * 1024;

    /// <summary>A longer prompt takes milliseconds to count, and is not counted on a thread that serves sockets.</summary>
    private const long CountedAtOnceBytes = 4 * 1024;

    /// <param name="endUndelivered">How it ends instead, once the answer was cut before anything of it was sent.</param>
    private async ValueTask<bool> UntilDurableAsync(
        Call call,
        Func<ValueTask<EndOutcome>> end,
        Func<ValueTask<EndOutcome>>? endUndelivered = null
    )
    {
        var started = time.GetTimestamp();
        var pause = firstPause;
        var isCut = false;
        var isUndelivered = false;
        while (true)
        {
            try
            {
                return IsEnded(await (isUndelivered ? endUndelivered! : end)(), call) && !isUndelivered;
            }
            catch (Exception e) when (time.GetElapsedTime(started) < patience)
            {
                LogRetry(call.Charge, e);
                if (!isCut && time.GetElapsedTime(started) > TimeSpan.FromSeconds(options.SettlePatienceSeconds))
                {
                    isCut = true;
                    // A client that left by itself has chosen not to wait for what it asked for. A batch gives its lines back itself, and asks again.
                    isUndelivered =
                        endUndelivered is not null
                        && call.Line is null
                        && !call.Context.Response.HasStarted
                        && !call.ClientGone.IsCancellationRequested;
                    // An answer that cannot be charged is not given. Of which something was sent is cut; who got nothing yet is told, and need not wait.
                    if (isUndelivered)
                        await RefuseAsync(call);
                    else
                        call.Context.Abort();
                }
            }
            catch (Exception e)
            {
                LogGivenUp(call.Charge, e);
                return false;
            }
            await Task.Delay(pause, time, CancellationToken.None);
            pause = pause * 2 < longestPause ? pause * 2 : longestPause;
        }
    }

    private async ValueTask RefuseAsync(Call call)
    {
        var rejection = new Rejection(
            Problems.Overloaded,
            "The answer is there and cannot be charged at the moment, so it is not given, and nothing is charged for this call. Try again."
        );
        try
        {
            await call.Client.WriteErrorAsync(call.Context, rejection, time.GetUtcNow());
            await call.Context.Response.CompleteAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            call.Context.Abort(); // the client has left meanwhile
        }
    }

    private bool IsEnded(EndOutcome outcome, Call call)
    {
        if (outcome.Verdict is EndVerdict.Done or EndVerdict.Replayed)
        {
            call.AfterSettle = outcome.QuotaLeft;
            return true;
        }
        LogNotEnded(call.Charge, outcome.Verdict);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "charge {Charge}: the usage of vendor {Vendor} needs a look: {Check}")]
    private partial void LogCheck(ChargeId charge, string vendor, string check);

    [LoggerMessage(Level = LogLevel.Warning, Message = "charge {Charge} is not durable yet; trying again")]
    private partial void LogRetry(ChargeId charge, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "charge {Charge} could not be made durable; it is left to the recovery rule")]
    private partial void LogGivenUp(ChargeId charge, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "charge {Charge} could not be ended here: {Verdict}; its answer is cut")]
    private partial void LogNotEnded(ChargeId charge, EndVerdict verdict);
}
