using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>An answer of one body, which needs no plan.</summary>
internal sealed class ReadyAnswer(Behaviour behaviour, Action<PooledBuffer> compose, string contentType = "application/json")
    : Answer(behaviour)
{
    public override async Task SendAsync(HttpContext context, AnswerStamp stamp, TimeProvider time)
    {
        using var body = new PooledBuffer();
        compose(body);
        await PlainBody.SendAsync(context, body, contentType, Behaviour, time);
    }
}
