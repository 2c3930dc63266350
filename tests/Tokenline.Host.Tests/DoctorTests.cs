using System.Text.Json;
using Tokenline.Commerce;
using Tokenline.Gateway;
using Tokenline.Host.Doctor;
using Tokenline.Host.Tls;

namespace Tokenline.Host.Tests;

/// <summary>What <c>tokenline doctor</c> finds, and that it names a remedy for whatever is not well.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tokenline-doctor-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_folder_that_was_served_is_well_and_a_secret_that_others_may_read_is_not()
    {
        await using (var server = await TokenlineServer.StartAsync(Settings("http://127.0.0.1:0"), Cancel))
            await server.StopAsync();

        Assert.All(await FolderLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel), AssertNotIll);
        var journal = Assert.Single(await JournalLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel));
        Assert.Equal(Health.Well, journal.Health);

        if (OperatingSystem.IsWindows())
            return; // it has no such modes
        var secret = Path.Combine(folder, "vendor-keys.secret");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var ill = Assert.Single(
            await FolderLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel),
            finding => finding.Health == Health.Ill
        );
        Assert.Equal($"chmod 600 {secret}", ill.Remedy);
    }

    [Fact]
    public async Task A_demo_that_others_reach_is_ill()
    {
        var findings = await AddressesLook.TakeAsync(Settings("http://0.0.0.0:8080"), Cancel);

        Assert.Contains(findings, finding => finding is { About: "demo", Health: Health.Ill });
        Assert.Contains(findings, finding => finding is { About: "encryption", Health: Health.Watch });
        Assert.All(findings.Where(finding => finding.Health != Health.Well), finding => Assert.NotNull(finding.Remedy));
    }

    [Theory]
    [InlineData(-1, "Ill")]
    [InlineData(13, "Watch")]
    [InlineData(15, "Well")]
    public async Task A_certificate_is_watched_two_weeks_before_it_ends_and_ill_when_it_has_ended(int days, string health)
    {
        var until = TimeProvider.System.GetUtcNow().AddDays(days);
        using var certificate = Certificates.Make("server", until);
        var file = Path.Combine(folder, "server.pem");
        await File.WriteAllTextAsync(file, Certificates.Pem(certificate), Cancel);
        var tls = new TlsSettings(file, null, ClientCertificates.None, null, []);

        var findings = await AddressesLook.TakeAsync(Settings("https://0.0.0.0:8443") with { Tls = tls }, Cancel);

        var finding = Assert.Single(findings, one => one.About == "certificate");
        Assert.Equal((health, $"{file} is good until {until.UtcDateTime:yyyy-MM-dd}"), (finding.Health.ToString(), finding.Says));
        Assert.Equal(health == "Well" ? null : "Put a new one in its place: it is taken without a restart.", finding.Remedy);
        Assert.DoesNotContain(findings, one => one.About == "encryption");
    }

    [Fact]
    public async Task Without_TLS_of_its_own_there_is_no_certificate_to_look_at() =>
        Assert.DoesNotContain(
            await AddressesLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel),
            finding => finding.About == "certificate"
        );

    [Fact]
    public void Each_sealing_key_is_told_by_what_still_needs_it_and_each_node_that_is_behind()
    {
        var findings = SecretsLook.Of(
            JsonSerializer.Deserialize<JsonElement>(
                """
                {
                  "items": [
                    {"id":"new","here":true,"seals":true,"sealed":1200,"needed":true},
                    {"id":"old","here":true,"seals":false,"sealed":7,"needed":true},
                    {"id":"spare","here":true,"seals":false,"sealed":0,"needed":false},
                    {"id":"lost","here":false,"seals":false,"sealed":2,"needed":true}
                  ],
                  "nodesBehind": ["node 2 does not know it"]
                }
                """
            )
        );

        Assert.All(findings, finding => Assert.Equal("sealing keys", finding.About));
        Assert.Equal(
            [
                (Health.Well, "1,200 secrets are sealed under the key new, which seals now", (string?)null),
                (Health.Watch, "7 secrets are sealed under the key old, an older one", "tokenline secret rotate"),
                (
                    Health.Well,
                    "the key spare seals nothing: a new one waits for tokenline secret rotate, an old one may be retired",
                    (string?)null
                ),
                (
                    Health.Ill,
                    "2 secrets are sealed under the key lost, which the key file does not hold: they do not open",
                    "Put it back, from another node or from where the backups are."
                ),
                (Health.Watch, "node 2 does not know it", "Copy vendor-keys.secret to it; a node looks at it every second."),
            ],
            findings.Select(finding => (finding.Health, finding.Says, finding.Remedy))
        );
    }

    [Fact]
    public async Task The_sealing_key_of_a_server_that_answers_is_well_and_where_none_answers_there_is_nothing_to_say()
    {
        await using var server = await TokenlineServer.StartAsync(Settings("http://127.0.0.1:0"), Cancel);
        var url = server.Url;
        Terminal.Use(
            new(
                TextWriter.Null,
                TextWriter.Null,
                name =>
                    name switch
                    {
                        "TOKENLINE_URL" => url,
                        "TOKENLINE_ADMIN_KEY" => server.AdminKey,
                        _ => null,
                    }
            )
        );

        var findings = await SecretsLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel);
        url = ""; // named, and nobody
        var none = await SecretsLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel);

        Assert.Equal(Health.Well, Assert.Single(findings).Health);
        Assert.EndsWith("which seals now", findings[0].Says, StringComparison.Ordinal);
        Assert.Empty(none);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_a_finding_and_not_a_fault()
    {
        var cluster = new ClusterSettings(
            "Host=127.0.0.1;Port=1;Timeout=1",
            "c",
            new(System.Net.IPAddress.Loopback, 0),
            default,
            null,
            null
        );

        var finding = Assert.Single(await DatabaseLook.TakeAsync(Settings("http://127.0.0.1:0") with { Cluster = cluster }, Cancel));

        Assert.Equal(Health.Ill, finding.Health);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", long.MaxValue)]
    [InlineData("Max processes             1024                 1024                 processes ", null)]
    public void The_limit_of_open_files_is_read(string line, long? limit) => Assert.Equal(limit, ProcessLook.OpenFiles([line]));

    private static void AssertNotIll(Finding finding) => Assert.True(finding.Health != Health.Ill, $"{finding.About}: {finding.Says}");

    private Settings Settings(string urls) =>
        new(folder, urls, null, Demo: true, "http://127.0.0.1:0", new GatewayOptions(), new CommerceOptions());
}
