using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>Sends an answer that is one body.</summary>
internal static class PlainBody
{
    public static async Task SendAsync(HttpContext context, PooledBuffer bytes, string contentType, Behaviour behaviour, TimeProvider time)
    {
        var cancel = context.RequestAborted;
        context.Response.ContentType = contentType;
        await using var body = new AnswerBody(context.Response, behaviour);
        if (body.IsPlain)
            context.Response.ContentLength = bytes.Written.Length;
        if (behaviour.Argument(Fault.SlowFirstByte) is { } slow)
            await SlowFirstByte.WaitAsync(context, slow, time);
        if (behaviour.Has(Fault.CutAfter) || behaviour.Has(Fault.HangAfter))
        {
            body.Write(bytes.Written[..(bytes.Written.Length / 2)]);
            await body.FlushAsync(cancel);
            if (behaviour.Has(Fault.CutAfter))
                throw new ConnectionCutException();
            await Task.Delay(Timeout.Infinite, cancel);
        }
        body.Write(bytes.Written);
        await body.FlushAsync(cancel);
        await body.CompleteAsync(cancel);
    }
}
