using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Anthropic;
using Tokenline.Simulators.Vendors.Chat;
using Tokenline.Simulators.Vendors.Gemini;
using Tokenline.Simulators.Vendors.Media;
using Tokenline.Simulators.Vendors.Responses;

namespace Tokenline.Simulators.Vendors;

/// <summary>Every vendor at once: behaviours by vendor, the log of requests, and the life of a chat request.</summary>
public sealed class VendorSimulator
{
    private const int VendorsMax = 1000;
    private const string Azure = "/openai/deployments/{deployment}";

    private readonly VendorSimulatorOptions options;
    private readonly RequestLog log;
    private readonly ConcurrentDictionary<string, Behaviour> ordered = new();
    private readonly ChatProtocol chat = new();
    private readonly MessagesProtocol messages;
    private volatile Behaviour? orderedForAll;

    public VendorSimulator(VendorSimulatorOptions? options = null)
    {
        this.options = options ?? new VendorSimulatorOptions();
        messages = new MessagesProtocol(new PrefixCache(this.options.CacheableTokensMin));
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

    /// <summary>Every path and what is spoken there, below <c>/vendors/{vendor}</c>.</summary>
    internal IEnumerable<(string Path, VendorProtocol Protocol)> Protocols =>
        [
            ("/v1/chat/completions", chat),
            ("/v1/responses", new ResponsesProtocol()),
            ("/v1/messages", messages),
            ("/v1/messages/count_tokens", new CountTokensProtocol()),
            ("/v1/embeddings", new EmbeddingsProtocol()),
            ("/v1/rerank", new RerankProtocol()),
            ("/v2/rerank", new RerankProtocol()),
            ("/v1/images/generations", new ImagesProtocol()),
            ("/v1/audio/speech", new SpeechProtocol()),
            ("/v1/audio/transcriptions", new TranscriptionProtocol()),
            (Azure + "/chat/completions", chat),
            (Azure + "/embeddings", new EmbeddingsProtocol()),
            (Azure + "/images/generations", new ImagesProtocol()),
            (Azure + "/audio/speech", new SpeechProtocol()),
            (Azure + "/audio/transcriptions", new TranscriptionProtocol()),
        ];

    /// <summary>The whole life of a request.</summary>
    internal async Task RunAsync(HttpContext context, VendorProtocol protocol)
    {
        var number = log.Received();
        try
        {
            await AnswerAsync(context, protocol, number);
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

    /// <summary>The models, in Anthropic's shape for those who name a version of its API.</summary>
    internal Task ModelsAsync(HttpContext context) =>
        context.Request.Headers.ContainsKey("anthropic-version")
            ? ModelsAsync(context, messages, json => AnthropicCaller.AddModels(json, options.Models))
            : ModelsAsync(context, chat, json => ChatProtocol.AddModels(json, options.Models, VendorOf(context)));

    internal Task GeminiModelsAsync(HttpContext context) =>
        ModelsAsync(context, new GenerateProtocol(stream: false), json => GeminiCaller.AddModels(json, options.Models));

    private async Task ModelsAsync(HttpContext context, VendorProtocol protocol, Action<PooledBuffer> compose)
    {
        context.Response.Headers["x-tokenline-simulator"] = "1";
        if (!await IsKnownCallerAsync(context, protocol))
            return;
        using var json = new PooledBuffer();
        compose(json);
        context.Response.ContentType = "application/json";
        await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext context, VendorProtocol protocol, long number)
    {
        var stamp = new AnswerStamp(number, options.Time.GetUtcNow().ToUnixTimeSeconds());
        context.Response.Headers["x-tokenline-simulator"] = "1";
        protocol.AddHeaders(context.Response.Headers, stamp);

        // 1 Who asks
        if (!await IsKnownCallerAsync(context, protocol))
            return;

        // 2 What is asked, and what the whole answer will be
        var vendor = VendorOf(context);
        var behaviour = BehaviourOf(vendor);
        if (context.Request.Headers.TryGetValue("x-simulate", out var directive))
        {
            if (!Behaviour.TryParse(directive.ToString(), out var own, out var problem))
            {
                await protocol.SendErrorAsync(context, new Refusal(problem, "x-simulate"));
                return;
            }
            behaviour = own.Over(behaviour);
        }
        var (answer, refusal) = await ReadAsync(context, protocol, vendor, behaviour);
        if (answer is null)
        {
            await protocol.SendErrorAsync(context, refusal!);
            return;
        }
        behaviour = answer.Behaviour;

        // 3 What happens instead of an answer
        if (behaviour.Has(Fault.Refuse))
        {
            // A server that aborts may close the connection instead of resetting it; this one is to be reset.
            context.Features.Get<IConnectionSocketFeature>()?.Socket.Close(timeout: 0);
            context.Abort();
            throw new ConnectionCutException();
        }
        if (behaviour.Has(Fault.Hang))
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (behaviour.LatencyMs is > 0 and var latency)
            await Task.Delay(TimeSpan.FromMilliseconds(latency), options.Time, context.RequestAborted);
        if (await SendInsteadAsync(context, protocol, behaviour, answer.IsStream))
            return;

        // 4 The answer
        await answer.SendAsync(context, stamp, options.Time);
    }

    /// <summary>Whether a fault took the place of the answer.</summary>
    private static async ValueTask<bool> SendInsteadAsync(HttpContext context, VendorProtocol protocol, Behaviour behaviour, bool stream)
    {
        if (behaviour.Argument(Fault.Status) is { } status)
            await protocol.SendErrorAsync(context, Refusal.Told(status));
        else if (behaviour.Has(Fault.Html))
            await SendRawAsync(
                context,
                "text/html; charset=utf-8",
                "<!doctype html><title>Simulated</title><p>The simulator was told to answer with a page."
            );
        else if (behaviour.Has(Fault.ErrorBody) || (!stream && behaviour.Has(Fault.ErrorInStream)))
            await protocol.SendErrorAsync(context, Refusal.Failure("The simulator was told to fail inside a 200."), status: 200);
        else if (!stream && behaviour.Has(Fault.Garbage))
            await SendRawAsync(context, "application/json", "}}{ this is not JSON");
        else
            return false;
        return true;
    }

    internal static Task SendRawAsync(HttpContext context, string contentType, string body)
    {
        context.Response.ContentType = contentType;
        return context.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted).AsTask();
    }

    private async ValueTask<bool> IsKnownCallerAsync(HttpContext context, VendorProtocol protocol)
    {
        if (options.AllowAnonymous || protocol.CheckCaller(context.Request) is not { } refusal)
            return true;
        await protocol.SendErrorAsync(context, refusal);
        return false;
    }

    /// <summary>Waits for the whole body and plans the answer on its bytes where they lie, if they lie in one piece.</summary>
    private async ValueTask<(Answer? Answer, Refusal? Refusal)> ReadAsync(
        HttpContext context,
        VendorProtocol protocol,
        string vendor,
        Behaviour behaviour
    )
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
            {
                var answer = Read(result.Buffer, context, protocol, vendor, behaviour);
                reader.AdvanceTo(result.Buffer.End);
                return answer;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private (Answer? Answer, Refusal? Refusal) Read(
        in ReadOnlySequence<byte> body,
        HttpContext context,
        VendorProtocol protocol,
        string vendor,
        Behaviour behaviour
    )
    {
        if (body.IsSingleSegment)
            return Read(body.FirstSpan, context, protocol, vendor, behaviour);
        var length = checked((int)body.Length);
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.CopyTo(copy);
            return Read(copy.AsSpan(0, length), context, protocol, vendor, behaviour);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private (Answer? Answer, Refusal? Refusal) Read(
        ReadOnlySpan<byte> body,
        HttpContext context,
        VendorProtocol protocol,
        string vendor,
        Behaviour behaviour
    )
    {
        log.Keep(vendor, context.Request, body);
        try
        {
            return (protocol.Read(body, context, behaviour), null);
        }
        catch (RefusedException e)
        {
            return (null, e.Refusal);
        }
        catch (Exception e) when (VendorProtocol.IsUnreadable(e))
        {
            return (null, Refusal.NotJson);
        }
    }

    internal static string VendorOf(HttpContext context) => (string?)context.Request.RouteValues["vendor"] ?? "";
}
