using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>What differs between two answers to the same body: the request's number and the time in Unix seconds.</summary>
internal readonly record struct AnswerStamp(long Number, long Created)
{
    /// <summary>The members all chunks and bodies begin with, to the comma after them.</summary>
    public void AddHead(PooledBuffer json, AnswerPlan plan, ReadOnlySpan<byte> kind)
    {
        json.Add("{\"id\":\"chatcmpl-simulated-"u8).Add(Number).Add("\",\"object\":\""u8).Add(kind).Add("\",\"created\":"u8).Add(Created);
        json.Add(",\"model\":\""u8).AddEscaped(plan.Request.Model).Add("\",\"system_fingerprint\":\"tokenline-simulator\","u8);
        if (plan.ServiceTier is { } tier)
            json.Add("\"service_tier\":\""u8).AddEscaped(tier).Add("\","u8);
    }
}

/// <summary>Thrown after a part of the body was flushed: the server then sends what it has and closes the connection without ending the body.</summary>
internal sealed class ConnectionCutException() : Exception("the simulator was told to cut this answer");

internal static class SlowFirstByte
{
    public static async Task WaitAsync(HttpContext context, int milliseconds, TimeProvider time)
    {
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, context.RequestAborted);
    }
}
