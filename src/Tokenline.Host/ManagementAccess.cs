using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tokenline.Host;

/// <summary>
/// The management API, for verbs: that of the running server, or – when none runs – that of one which is started for this verb alone
/// on the same data, under its exclusive lock.
/// </summary>
internal sealed class ManagementAccess : IAsyncDisposable
{
    private readonly HttpClient http;
    private readonly TokenlineServer? own;

    private ManagementAccess(string url, string adminKey, TokenlineServer? own)
    {
        this.own = own;
        http = new HttpClient { BaseAddress = new Uri(url.TrimEnd('/') + "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
    }

    public static async Task<ManagementAccess> OpenAsync(CancellationToken cancellation)
    {
        var settings = Verbs.ServeVerb.ReadSettings();
        var url = Terminal.Current.Variable("TOKENLINE_URL") ?? NearestOf(settings);
        if (await IsServingAsync(url, cancellation))
            return new(url, AdminKey(settings), null);
        if (Terminal.Current.Variable("TOKENLINE_URL") is not null)
            throw new SettingException($"No Tokenline answers at {url} (TOKENLINE_URL).");
        // In a cluster it joins for this verb, and hosts no accounts.
        var alone = settings with
        {
            Urls = "http://127.0.0.1:0",
            Cluster = settings.Cluster?.ForVerb(),
        };
        var own = await TokenlineServer.StartAsync(alone, cancellation, ServerPurpose.Verb);
        return new(own.Url, own.AdminKey, own);
    }

    /// <summary>Whether a server answers where this command line looks for one.</summary>
    public static Task<bool> IsServingAsync(CancellationToken cancellation) =>
        Terminal.Current.Variable("TOKENLINE_URL") is { } url
            ? Task.FromResult(url.Length > 0)
            : IsServingAsync(NearestOf(Verbs.ServeVerb.ReadSettings()), cancellation);

    /// <summary>Where this machine's server is asked: at an address without TLS if it has one, so that no name has to fit its certificate.</summary>
    private static string NearestOf(Settings settings)
    {
        var urls = settings.Urls.Split(';');
        return Array.Find(urls, url => url.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) ?? urls[0];
    }

    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        using var answer = await http.GetAsync(new Uri(http.BaseAddress!, "/readyz"), cancellation);
        return answer.IsSuccessStatusCode;
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, cancellation);

    /// <param name="body">Sent as JSON, unless it is content already.</param>
    /// <param name="key">The caller's own name for a change, so that it may be sent again.</param>
    public async Task<JsonElement> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        CancellationToken cancellation,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : body as HttpContent ?? JsonContent.Create(body),
        };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw new SettingException(Words(text) ?? $"the server answered {(int)response.StatusCode}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>
    /// Writes an answer that is not JSON to standard output (<c>-</c>) as it comes, or into a file: into another beside it until it is whole, so that what breaks off leaves no half of it
    /// behind, and what was there before.
    /// </summary>
    /// <param name="tell">Hears how many bytes have come, and of how many; of an unknown whole 0.</param>
    public async Task DownloadAsync(string path, string file, CancellationToken cancellation, Action<long, long>? tell = null)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
            throw new SettingException(
                Words(await response.Content.ReadAsStringAsync(cancellation)) ?? $"the server answered {(int)response.StatusCode}"
            );
        await using var answer = await response.Content.ReadAsStreamAsync(cancellation);
        var of = response.Content.Headers.ContentLength ?? 0;
        await using var told = new Verbs.ToldStream(answer, (at, _) => tell?.Invoke(at, of));
        if (!MayTakeItsPlace(file))
        {
            await using var output = file == "-" ? Console.OpenStandardOutput() : File.Create(file);
            await told.CopyToAsync(output, cancellation);
            return;
        }
        var part = $"{file}.part";
        try
        {
            await using (var target = File.Create(part))
                await told.CopyToAsync(target, cancellation);
            File.Move(part, file, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Nothing is there yet, or a plain file with something in it. What is empty or a link may be a device or a pipe, into which one writes, and which must stay.</summary>
    private static bool MayTakeItsPlace(string file) =>
        file != "-" && new FileInfo(file) is var there && (!Path.Exists(file) || there is { Exists: true, LinkTarget: null, Length: > 0 });

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (own is null)
            return;
        await own.StopAsync();
        await own.DisposeAsync();
    }

    private static async Task<bool> IsServingAsync(string url, CancellationToken cancellation)
    {
        using var probe = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return (await probe.GetAsync(new Uri(new Uri(url), "/healthz"), cancellation)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string AdminKey(Settings settings)
    {
        if ((Terminal.Current.Variable("TOKENLINE_ADMIN_KEY") ?? settings.AdminKey) is { Length: > 0 } key)
            return key;
        var file = Path.Combine(settings.DataFolder, "admin.key");
        return File.Exists(file)
            ? File.ReadAllText(file).Trim()
            : throw new SettingException("Set TOKENLINE_ADMIN_KEY to the operator's key (the server prints it at its start).");
    }

    /// <summary>What went wrong, out of problem details (RFC 9457).</summary>
    private static string? Words(string text)
    {
        try
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(text);
            var detail = problem.TryGetProperty("detail", out var d) ? d.GetString() : problem.GetProperty("title").GetString();
            var code = problem.TryGetProperty("code", out var c) ? c.GetString() : null;
            var param = problem.TryGetProperty("param", out var p) && p.ValueKind == JsonValueKind.String ? $" [{p.GetString()}]" : "";
            return code is null ? detail : $"{detail}{param} ({code})";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
