using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tokenline.Charging;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Batches;
using Tokenline.Gateway.Overload;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Responses;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Choice;

namespace Tokenline.Gateway.Endpoints;

/// <summary>A generation, in whichever protocol it is asked for: the life of a request, in its order.</summary>
internal sealed partial class GenerationEndpoint(
    Keyring keyring,
    ModelChoice choice,
    Holding holding,
    Vendors vendors,
    Settlement settlement,
    StoredResponses responses,
    RunningCalls running,
    BodyMemory bodies,
    GatewayOptions options,
    IdSource ids,
    TimeProvider time,
    GatewayMetrics metrics,
    ILogger<GenerationEndpoint> log
)
{
    /// <param name="subject">What the address says beside the body: Gemini's model.</param>
    public async Task ServeAsync(HttpContext context, ClientProtocol client, string? subject = null)
    {
        var (now, arrived) = (time.GetUtcNow(), time.GetTimestamp());
        var line = LineOfBatch.Of(context);
        using var call = new Call(context, client, line?.Charge ?? ids.Next<ChargeKind>(), now) { Subject = subject, Line = line };
        RequestId.Give(context, call.Charge);
        using var span = CallTrace.Begin(call);
        var rejection = running.Enter(call);
        if (rejection is not null)
        {
            await client.WriteErrorAsync(context, rejection, now);
            return;
        }
        try
        {
            rejection = await PrepareAsync(call, now) ?? await ServeAsync(call, now);
        }
        catch (Exception e) when (call.ClientGone.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            return; // the client left before its request was whole: nobody to answer, nothing held
        }
        catch (Exception e)
        {
            LogFailed(call.Charge, e); // before anything was held: what comes after has its own care
            rejection = new Rejection(Problems.Internal, "Something went wrong here. Nothing was charged.");
        }
        finally
        {
            running.Leave(call);
        }
        metrics.Ended(call, rejection, time.GetElapsedTime(arrived));
        CallTrace.End(span, call, rejection);
        if (rejection is null)
            return;
        if (call.IsOpened)
            await EndOpenedAsync(call, rejection);
        else
            await client.WriteErrorAsync(context, rejection, now);
    }

    /// <summary>The stream was opened while its vendor was silent, and nobody has served it: it ends with the protocol's error.</summary>
    private static async Task EndOpenedAsync(Call call, Rejection rejection)
    {
        var to = call.Context.Response.BodyWriter;
        call.Client.WriteStreamError(to, rejection.Problem, rejection.Message);
        await to.FlushAsync(CancellationToken.None);
        call.Context.Abort();
    }

    /// <summary>Null: it may be held, and taken to its vendors.</summary>
    private async ValueTask<Rejection?> PrepareAsync(Call call, DateTimeOffset now)
    {
        // 1 Authenticate
        if ((call.Line?.Key ?? ClientKey.Find(call.Context.Request, keyring, now)) is not { } key)
            return ClientKey.Rejection;
        if (call.Line is null && ClientKey.WhyNot(call.Context, key, now) is { } elsewhere)
            return elsewhere;
        call.Key = key;
        call.ShareMemory(bodies);

        // 2 Read
        LiftServerLimit(call.Context);
        if (await RequestBody.ReadAsync(call, options.RequestBytesMax) is { } unreadable)
            return unreadable;
        if (await responses.ResolveAsync(call) is { } unresolved)
            return unresolved;
        if (await ReadAsync(call) is { } refusal)
            return new Rejection(Problems.InvalidRequest, refusal.Message, refusal.Param);
        if (call.Line?.Take(call) is { } unfit)
            return unfit;
        if (!IdempotencyKey.TryRead(call.Context.Request, out var idempotencyKey))
            return IdempotencyKey.Rejection;
        if (!RunHeader.TryRead(call.Context.Request, out var run))
            return RunHeader.Rejection;
        call.Name = call.Line?.Name ?? idempotencyKey;
        call.Copy = responses.CopyOf(call);
        call.Run = run ?? (call.Request.RunId.IsEmpty ? null : Encoding.ASCII.GetString(call.Request.RunId.Of(call.Body.Span)));

        // 3 Route
        var unroutable = choice.Choose(call, now);
        RouteHeader.Tell(call, options);
        return unroutable;
    }

    /// <summary>No server's own limit for bodies is as low as this.</summary>
    private const int ServerLimitMin = 1024 * 1024;

    /// <summary>The server has a limit of its own for bodies, and the gateway's answers in the protocol.</summary>
    private static void LiftServerLimit(HttpContext context)
    {
        if (context.Request.ContentLength <= ServerLimitMin)
            return;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }

    /// <summary>A larger body takes milliseconds to read, and tenths of a second where it is the largest: a thread that serves sockets, or answers, is not kept so long.</summary>
    private const int ReadAtOnceBytes = 1024 * 1024;

    private static ValueTask<RequestRefusal?> ReadAsync(Call call) =>
        call.Body.Length <= ReadAtOnceBytes ? new(call.Client.Read(call)) : new(ReadApartAsync(call));

    /// <summary>On a thread of its own, which also makes what the vendor is sent of it; how many there are at once, the memory for bodies limits.</summary>
    private static Task<RequestRefusal?> ReadApartAsync(Call call) =>
        Task.Factory.StartNew(
            () => call.Client.Read(call),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );

    /// <summary>Holds the call and takes it to vendors. Where another model may serve it, that one's hold and charge follow on a failure that cost nothing.</summary>
    private async ValueTask<Rejection?> ServeAsync(Call call, DateTimeOffset now)
    {
        var isHeld = false;
        try
        {
            while (true)
            {
                // 4 Hold; 5 Dispatch is journalled with it
                if (await holding.HoldAsync(call) is { } unpaid)
                {
                    call.LeaveFirst();
                    if (!MayAnotherBePaid(unpaid) || !choice.TryAnother(call, isDown: false, now))
                        return unpaid;
                    call.BeginAgain(call.Charge);
                    continue;
                }
                isHeld = true;
                if (!call.Context.Response.HasStarted)
                    call.Context.Response.Headers["x-tokenline-charge-id"] = call.Charge.ToString();

                // 6 Relay, 7 Settle, 8 Finish
                var failure = await vendors.ServeAsync(call);
                isHeld = false;
                if (failure is { IsFinal: false } && MayAnotherServe(call) && choice.TryAnother(call, isDown: !failure.IsUnfit, now))
                {
                    call.BeginAgain(ids.Next<ChargeKind>());
                    continue;
                }
                if (failure?.Body is { } vendorsWords && !call.IsOpened)
                    await PassOnAsync(call.Context, failure, vendorsWords);
                return failure?.Body is null || call.IsOpened ? failure?.Rejection : null;
            }
        }
        catch (Exception e)
        {
            // Infrastructure or a bug. Whatever was held must not stay held.
            LogFailed(call.Charge, e);
            call.LeaveFirst();
            if (isHeld)
                await settlement.ReleaseAsync(call, "internal error");
            return e is AccountUnavailableException
                ? new Rejection(Problems.Overloaded, "The account cannot be charged at this moment. Try again.", RetryAfterSeconds: 1)
                : new Rejection(Problems.Internal, "Something went wrong here. Nothing was charged.");
        }
    }

    /// <summary>A virtual model may come to one that the account may use, or can pay for.</summary>
    private static bool MayAnotherBePaid(Rejection unpaid) =>
        unpaid.Problem.Status is 402 or 403 && unpaid.Problem != Problems.AccountSuspended;

    /// <summary>A line of a batch has its charge on record already, and stays with its model.</summary>
    private static bool MayAnotherServe(Call call) => call.Line is null && !call.IsCutHere && !call.ClientGone.IsCancellationRequested;

    /// <summary>The request was at fault, and the vendor says so in the protocol: its words are more use than ours.</summary>
    private static Task PassOnAsync(HttpContext context, VendorFailure failure, byte[] words)
    {
        context.Response.StatusCode = failure.Rejection.Problem.Status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = words.Length;
        return context.Response.Body.WriteAsync(words).AsTask();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "call {Charge} failed")]
    private partial void LogFailed(ChargeId charge, Exception exception);
}
