using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>What differs between two answers to the same body: the request's number and the time in Unix seconds.</summary>
internal readonly record struct AnswerStamp(long Number, long Created)
{
    /// <summary>The end of the id of one of several calls, from 0.</summary>
    public void AddCall(PooledBuffer json, int call)
    {
        json.Add(Number);
        if (call > 0)
            json.Add("_"u8).Add(call);
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
