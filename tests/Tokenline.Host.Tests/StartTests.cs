using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Tokenline.Commerce;
using Tokenline.Gateway;
using Tokenline.Host.Verbs;

namespace Tokenline.Host.Tests;

/// <summary>A start that cannot be made says why in one line, before anything is written; one that can opens its doors last.</summary>
public class StartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SimulatorUrl", "bar")]
    [InlineData("Commerce:UsdRate", "99999999999999999999999999999999")]
    [InlineData("Commerce:UsdRate", "x")]
    [InlineData("Commerce:UsdRate", "1000000000000000000000000000")]
    [InlineData("Commerce:TimeZone", "Mars/Olympus")]
    [InlineData("Commerce:Currency", "yuan")]
    [InlineData("Commerce:Currency", "USD")] // the demo's prices are in yuan
    [InlineData("Gateway:SliceBytes", "-4")]
    [InlineData("Gateway:DrainSeconds", "soon")]
    [InlineData("Gateway:ShopUrl", "bar")]
    [InlineData("Demo", "maybe")]
    [InlineData("Urls", "8080")]
    [InlineData("Cluster:Roles", "gateway")] // of a node of a cluster, and there is none
    [InlineData("Gateway:Routing:ProbeSeconds", "often")]
    public void A_setting_that_cannot_be_used_is_told_in_one_line(string name, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();

        var refused = Assert.Throws<SettingException>(() => Settings.Read(configuration));

        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_node_of_a_cluster_and_its_routing_are_as_the_settings_say()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("Database", "Host=db.example"),
                new("Cluster:Roles", "gateway, portal"),
                new("Cluster:Node", "10.0.0.7:11111"),
                new("Gateway:Routing:CircuitFailures", "0"),
            ])
            .Build();

        var settings = Settings.Read(configuration);

        Assert.Equal(Tokenline.Cluster.NodeRoles.Gateway | Tokenline.Cluster.NodeRoles.Portal, settings.Cluster?.Roles);
        Assert.Equal("10.0.0.7:11111", settings.Cluster?.Address.ToString());
        Assert.Equal((0, 3), (settings.Gateway.Routing.CircuitFailures, settings.Gateway.LeaveNoticeSeconds));
    }

    [Fact]
    public async Task A_settings_file_that_is_not_JSON_ends_with_a_line_and_exit_code_1()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder.Path, "appsettings.json");
        await File.WriteAllTextAsync(file, "{ \"Demo\": tru", Cancel);

        var code = await Errors.ToExitCodeAsync(() =>
        {
            ServeVerb.ReadSettings(file);
            return Task.FromResult(0);
        });

        Assert.Equal(1, code);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks for a folder that nobody may write");
        using var folder = new Folder();

        var refused = await Assert.ThrowsAsync<SettingException>(() =>
            TokenlineServer.StartAsync(folder.Settings() with { DataFolder = "/proc/tokenline" }, Cancel)
        );

        Assert.Contains("/proc/tokenline", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_busy_port_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new Folder();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var refused = await Assert.ThrowsAsync<SettingException>(() => TokenlineServer.StartAsync(folder.Settings(url), Cancel));

        Assert.Contains(url, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_where_the_data_folder_should_be_is_named()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder.Path, "data");
        await File.WriteAllTextAsync(file, "not a folder", Cancel);

        var refused = await Assert.ThrowsAsync<SettingException>(() =>
            TokenlineServer.StartAsync(folder.Settings() with { DataFolder = file }, Cancel)
        );

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_for_one_verb_serves_no_call_and_leaves_the_demo_file_alone()
    {
        using var folder = new Folder();
        await using (var first = await TokenlineServer.StartAsync(folder.Settings(), Cancel))
            await first.StopAsync();
        var written = await File.ReadAllTextAsync(Path.Combine(folder.Path, "demo.env"), Cancel);

        await using var server = await TokenlineServer.StartAsync(folder.Settings(), Cancel, ServerPurpose.Verb);
        using var http = new HttpClient();
        using var answer = await http.PostAsync($"{server.Url}/v1/chat/completions", new StringContent("{}"), Cancel);
        using var ready = await http.GetAsync($"{server.Url}/readyz", Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(written, await File.ReadAllTextAsync(Path.Combine(folder.Path, "demo.env"), Cancel));
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("tokenline-start-").FullName;

        public Settings Settings(string urls = "http://127.0.0.1:0") =>
            new(Path, urls, null, Demo: true, "http://127.0.0.1:0", new GatewayOptions(), new CommerceOptions());

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
