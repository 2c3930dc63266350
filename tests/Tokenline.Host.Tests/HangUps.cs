using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tokenline.Host.Tests;

/// <summary>
/// Tells when the server has noticed that a client is gone; requests are told apart by their <c>x-test-call</c> header. It listens to what the web server says
/// of itself, and its callback on the aborted request runs after those of the product, which are registered later.
/// </summary>
internal sealed class HangUps : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    public const string Header = "x-test-call";
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string Start = Request + ".Start";

    private readonly ConcurrentDictionary<string, TaskCompletionSource> gone = new();
    private readonly IDisposable subscription;

    public HangUps(TokenlineServer server) =>
        subscription = server.Services.GetRequiredService<DiagnosticListener>().Subscribe(this, name => name is Request or Start);

    public Task WhenNoticedAsync(string call) => Of(call).Task.WaitAsync(TimeSpan.FromSeconds(20), RunningServer.Cancel);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == Start && value.Value is HttpContext context && context.Request.Headers.TryGetValue(Header, out var call))
            context.RequestAborted.Register(() => Of(call.ToString()).TrySetResult());
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    public void Dispose() => subscription.Dispose();

    private TaskCompletionSource Of(string call) => gone.GetOrAdd(call, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
