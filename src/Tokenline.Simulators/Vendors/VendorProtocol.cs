using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>One thing vendors can be asked: who may ask, what a body means, and what errors look like.</summary>
internal abstract class VendorProtocol
{
    /// <summary>Null if the caller may ask: any key will do.</summary>
    public abstract Refusal? CheckCaller(HttpRequest request);

    /// <summary>Throws <see cref="RefusedException"/>, or what <see cref="IsUnreadable"/> knows, on a body that makes no sense.</summary>
    public abstract Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour);

    /// <summary>The whole body of an error.</summary>
    public abstract void AddError(PooledBuffer json, Refusal refusal);

    /// <summary>Headers that every answer has.</summary>
    public virtual void AddHeaders(IHeaderDictionary headers, AnswerStamp stamp) { }

    /// <summary>Seconds a caller is told to wait, or null.</summary>
    public virtual string? RetryAfter(int status) => status is 429 or 503 or 529 ? "1" : null;

    public static bool HasBearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && authorization.AsSpan(scheme.Length).Trim().Length > 0;
    }

    /// <summary>InvalidOperation: a member of another type than expected, or an escape that is not Unicode. Format: a number out of range.</summary>
    public static bool IsUnreadable(Exception e) => e is JsonException or InvalidOperationException or FormatException;

    public async Task SendErrorAsync(HttpContext context, Refusal refusal, int? status = null)
    {
        using var json = new PooledBuffer();
        AddError(json, refusal);
        context.Response.StatusCode = status ?? refusal.Status;
        if (RetryAfter(context.Response.StatusCode) is { } seconds)
            context.Response.Headers.RetryAfter = seconds;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Written.Length;
        await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
    }
}

/// <summary>An answer that only has to be sent.</summary>
internal abstract class Answer(Behaviour behaviour)
{
    public Behaviour Behaviour { get; } = behaviour;

    public virtual bool IsStream => false;

    public abstract Task SendAsync(HttpContext context, AnswerStamp stamp, TimeProvider time);
}

/// <summary>A protocol whose answers are written word by word: a plan, sent whole or as a stream.</summary>
internal abstract class ModelProtocol : VendorProtocol
{
    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour) =>
        new PlannedAnswer(this, AnswerPlan.For(ReadRequest(body, context), body, behaviour));

    public abstract AnswerRequest ReadRequest(ReadOnlySpan<byte> body, HttpContext context);

    public abstract void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp);

    public abstract StreamAnswer Stream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time);

    private sealed class PlannedAnswer(ModelProtocol protocol, AnswerPlan plan) : Answer(plan.Behaviour)
    {
        public override bool IsStream => plan.Request.Stream;

        public override async Task SendAsync(HttpContext context, AnswerStamp stamp, TimeProvider time)
        {
            if (IsStream)
            {
                await using var stream = protocol.Stream(context, plan, stamp, time);
                await stream.SendAsync();
                return;
            }
            if (Behaviour.TokenDelayMs is > 0 and var perToken)
                await Task.Delay(TimeSpan.FromMilliseconds(perToken * (double)plan.Usage.CompletionTokens), time, context.RequestAborted);
            using var json = new PooledBuffer();
            protocol.Compose(json, plan, stamp);
            await PlainBody.SendAsync(context, json, "application/json", Behaviour, time);
        }
    }
}
