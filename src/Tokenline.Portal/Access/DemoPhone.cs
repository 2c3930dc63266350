using System.Net.Http.Json;
using Microsoft.Extensions.Logging;

namespace Tokenline.Portal.Access;

/// <summary>In a demonstration, the newest text message that the simulated carrier took for a number: nobody has that phone.</summary>
internal sealed class DemoPhone(PortalOptions options, ILogger<DemoPhone> log) : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(3) };

    public bool IsThere => options.SentTexts is not null;

    /// <summary>Null: none, or not a demonstration.</summary>
    public async Task<string?> NewestAsync(string phoneNumber, CancellationToken cancellation)
    {
        if (options.SentTexts is not { } list)
            return null;
        try
        {
            var messages = await http.GetFromJsonAsync<SentText[]>(list, cancellation) ?? [];
            return Array.FindLast(messages, message => message.PhoneNumber == phoneNumber)?.Text;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            log.LogWarning("The simulated carrier does not list its text messages: {Reason}", e.Message);
            return null;
        }
    }

    public void Dispose() => http.Dispose();

    private sealed record SentText(string PhoneNumber, string Text);
}
