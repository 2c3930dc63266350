using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>Every vendor at once: behaviours by vendor, the log of requests, and the life of a chat request.</summary>
public sealed class VendorSimulator
{
    private const int VendorsMax = 1000;

    private readonly VendorSimulatorOptions options;
    private readonly RequestLog log;
    private readonly ConcurrentDictionary<string, Behaviour> ordered = new();
    private volatile Behaviour? orderedForAll;

    public VendorSimulator(VendorSimulatorOptions? options = null)
    {
        this.options = options ?? new VendorSimulatorOptions();
        log = new RequestLog(this.options.RequestsKept, this.options.BytesKeptPerRequest);
    }

    public RequestCounts Requests => log.Counts;

    /// <summary>The last requests with their bodies as received, oldest first; bounded by the options.</summary>
    public IReadOnlyList<ReceivedRequest> LastRequests => log.Last;

    /// <summary>Completes when the counts satisfy the condition: what a test awaits instead of sleeping.</summary>
    public Task WhenAsync(Func<RequestCounts, bool> condition, CancellationToken cancel) => log.WhenAsync(condition, cancel);

    /// <summary>From now on this vendor behaves so, over the options; a null vendor means every vendor.</summary>
    public void Order(string? vendor, Behaviour behaviour)
    {
        if (vendor is null)
            orderedForAll = behaviour;
        else if (ordered.Count >= VendorsMax && !ordered.ContainsKey(vendor))
            throw new InvalidOperationException($"at most {VendorsMax} vendors can have a behaviour of their own");
        else
            ordered[vendor] = behaviour;
    }

    /// <summary>Takes back what <see cref="Order"/> said of a vendor; a null vendor means everything.</summary>
    public void Reset(string? vendor)
    {
        if (vendor is not null)
            ordered.TryRemove(vendor, out _);
        else
        {
            ordered.Clear();
            orderedForAll = null;
        }
    }

    public Behaviour BehaviourOf(string vendor)
    {
        var behaviour = options.Behaviour;
        if (options.Vendors.TryGetValue(vendor, out var own))
            behaviour = own.Over(behaviour);
        if (orderedForAll is { } all)
            behaviour = all.Over(behaviour);
        return ordered.TryGetValue(vendor, out var told) ? told.Over(behaviour) : behaviour;
    }

    internal IReadOnlyDictionary<string, Behaviour> Ordered =>
        new Dictionary<string, Behaviour>(ordered.Append(new("*", orderedForAll ?? Behaviour.None)).Where(p => p.Value != Behaviour.None));

    internal async Task ChatAsync(HttpContext context)
    {
        var number = log.Received();
        try
        {
            await AnswerAsync(context, number);
            if (context.RequestAborted.IsCancellationRequested)
                log.AbortedByCaller();
            else
                log.Answered();
        }
        catch (ConnectionCutException)
        {
            log.Answered();
            throw;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            log.AbortedByCaller();
        }
    }

    internal async Task ModelsAsync(HttpContext context)
    {
        context.Response.Headers["x-tokenline-simulator"] = "1";
        if (!await IsKnownCallerAsync(context))
            return;
        using var json = new PooledBuffer();
        json.Add("{\"object\":\"list\",\"data\":["u8);
        var first = true;
        foreach (var model in options.Models)
        {
            json.Add(first ? "{\"id\":\""u8 : ",{\"id\":\""u8)
                .AddEscaped(model)
                .Add("\",\"object\":\"model\",\"created\":0,\"owned_by\":\""u8);
            json.AddEscaped(VendorOf(context)).Add("\"}"u8);
            first = false;
        }
        json.Add("]}"u8);
        context.Response.ContentType = "application/json";
        await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext context, long number)
    {
        context.Response.Headers["x-tokenline-simulator"] = "1";

        // 1 Who asks
        if (!await IsKnownCallerAsync(context))
            return;

        // 2 What is asked, and what the whole answer will be
        var vendor = VendorOf(context);
        var behaviour = BehaviourOf(vendor);
        if (context.Request.Headers.TryGetValue("x-simulate", out var directive))
        {
            if (!Behaviour.TryParse(directive.ToString(), out var own, out var problem))
            {
                await OpenAiError.SendAsync(context, 400, problem, "invalid_request_error", "x-simulate");
                return;
            }
            behaviour = own.Over(behaviour);
        }
        var (plan, refusal) = await ReadAsync(context, vendor, behaviour);
        if (plan is null)
        {
            await OpenAiError.SendAsync(context, 400, refusal!.Message, "invalid_request_error", refusal.Param);
            return;
        }
        behaviour = plan.Behaviour;

        // 3 What happens instead of an answer
        if (behaviour.Has(Fault.Refuse))
        {
            context.Abort();
            throw new ConnectionCutException();
        }
        if (behaviour.Has(Fault.Hang))
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (behaviour.LatencyMs is > 0 and var latency)
            await Task.Delay(TimeSpan.FromMilliseconds(latency), options.Time, context.RequestAborted);
        if (await SendInsteadAsync(context, behaviour, plan.Request.Stream))
            return;

        // 4 The answer
        var stamp = new AnswerStamp(number, options.Time.GetUtcNow().ToUnixTimeSeconds());
        if (!plan.Request.Stream)
        {
            await PlainAnswer.SendAsync(context, plan, stamp, options.Time);
            return;
        }
        await using var stream = new StreamAnswer(context, plan, stamp, options.Time);
        await stream.SendAsync();
    }

    /// <summary>Whether a fault took the place of the answer.</summary>
    private static async ValueTask<bool> SendInsteadAsync(HttpContext context, Behaviour behaviour, bool stream)
    {
        if (behaviour.Argument(Fault.Status) is { } status)
            await OpenAiError.SendStatusAsync(context, status);
        else if (behaviour.Has(Fault.Html))
            await OpenAiError.SendRawAsync(
                context,
                "text/html; charset=utf-8",
                "<!doctype html><title>Simulated</title><p>The simulator was told to answer with a page."
            );
        else if (behaviour.Has(Fault.ErrorBody) || (!stream && behaviour.Has(Fault.ErrorInStream)))
            await OpenAiError.SendAsync(
                context,
                200,
                "The simulator was told to fail inside a 200.",
                "server_error",
                null,
                "simulated_fault"
            );
        else if (!stream && behaviour.Has(Fault.Garbage))
            await OpenAiError.SendRawAsync(context, "application/json", "}}{ this is not JSON");
        else
            return false;
        return true;
    }

    private async ValueTask<bool> IsKnownCallerAsync(HttpContext context)
    {
        const string scheme = "Bearer ";
        var authorization = context.Request.Headers.Authorization.ToString();
        if (
            options.AllowAnonymous
            || (
                authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
                && authorization.AsSpan(scheme.Length).Trim().Length > 0
            )
        )
            return true;
        await OpenAiError.SendAsync(context, 401, "You didn't provide an API key.", "invalid_request_error", null, "invalid_api_key");
        return false;
    }

    /// <summary>Waits for the whole body and plans the answer on its bytes where they lie, if they lie in one piece.</summary>
    private async ValueTask<(AnswerPlan? Plan, Refusal? Refusal)> ReadAsync(HttpContext context, string vendor, Behaviour behaviour)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
            {
                var answer = Plan(result.Buffer, context, vendor, behaviour);
                reader.AdvanceTo(result.Buffer.End);
                return answer;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private (AnswerPlan? Plan, Refusal? Refusal) Plan(
        in ReadOnlySequence<byte> body,
        HttpContext context,
        string vendor,
        Behaviour behaviour
    )
    {
        if (body.IsSingleSegment)
            return Plan(body.FirstSpan, context, vendor, behaviour);
        var length = checked((int)body.Length);
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.CopyTo(copy);
            return Plan(copy.AsSpan(0, length), context, vendor, behaviour);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private (AnswerPlan? Plan, Refusal? Refusal) Plan(ReadOnlySpan<byte> body, HttpContext context, string vendor, Behaviour behaviour)
    {
        log.Keep(vendor, context.Request.Headers, body);
        var plan = AnswerPlan.For(body, behaviour, out var refusal);
        return (plan, refusal);
    }

    private static string VendorOf(HttpContext context) => (string?)context.Request.RouteValues["vendor"] ?? "";
}
