using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tokenline.Storage.Management.Secrets;
using Tokenline.Storage.Postgres;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline secret</c>: the keys under which secrets are sealed. Adding and retiring change the key file of this machine; rotating is the server's work.</summary>
internal static class SecretVerbs
{
    /// <summary>Nodes follow within a second or two.</summary>
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);
    private const int WaitsMax = 60;

    public static Command Command() =>
        Group(
            "secret",
            "Keys under which vendors' keys, webhooks' secrets and stored conversations are sealed.",
            List("list", "Keys, and how much needs each.", _ => "secrets", ["id", "madeAt", "here", "seals", "sealed", "needed"]),
            Add(),
            Rotate(),
            Retire()
        );

    internal static string FileOf(Settings settings) => Path.Combine(settings.Cluster?.SecretsFolder ?? settings.DataFolder, KeyFile.Name);

    private static Command Add()
    {
        var command = new Command(
            "add",
            "Add a key to the key file of this machine. It seals nothing before a rotation; in a cluster, copy the file to every node before."
        );
        command.SetAction(parsed =>
        {
            var settings = ServeVerb.ReadSettings();
            var file = FileOf(settings);
            var key = Changing(() => KeyFile.Add(file, TimeProvider.System.GetUtcNow()));
            if (parsed.GetValue(Json))
                Output.Show(
                    JsonSerializer.SerializeToElement(
                        new
                        {
                            id = key.Id,
                            madeAt = key.MadeAt,
                            file,
                        }
                    ),
                    asJson: true
                );
            else
                Terminal.Current.Out.WriteLine(
                    $"{key.Id} is in {file}. Back the file up"
                        + (settings.Cluster is null ? "" : ", copy it to every node")
                        + "; then tokenline secret rotate."
                );
            return 0;
        });
        return command;
    }

    private static Command Rotate()
    {
        var command = new Command(
            "rotate",
            "Seal everything under the newest key, while calls go on. What was begun is gone on with: it may be interrupted at any time, and run again."
        );
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                long resealed = 0;
                JsonElement step;
                for (var waits = 0; ; )
                {
                    step = await management.SendAsync(HttpMethod.Post, "secrets/rotation", null, cancellation);
                    var now = step.GetProperty("resealed").GetInt64();
                    resealed += now;
                    if (step.GetProperty("done").GetBoolean() || (now == 0 && (IsStuck(step) || ++waits > WaitsMax)))
                        break;
                    if (now == 0)
                        await Task.Delay(pause, TimeProvider.System, cancellation);
                }
                if (parsed.GetValue(Json))
                    Output.Show(step, asJson: true);
                else
                    Terminal.Current.Out.WriteLine(Words(step, resealed));
                return step.GetProperty("done").GetBoolean() ? 0 : 1;
            }
        );
        return command;
    }

    private static Command Retire()
    {
        var id = Id("key", "The number of a key, as secret list shows it.");
        var command = new Command(
            "retire",
            "Take a key that nothing is sealed under any more out of the key file of this machine. Backups from before the rotation still need it: keep a copy with them."
        )
        {
            id,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var key = parsed.GetValue(id)!;
                await using (var management = await ManagementAccess.OpenAsync(cancellation))
                {
                    var state = await management.GetAsync("secrets", cancellation);
                    if (state.GetProperty("nodesBehind").EnumerateArray().Select(node => node.GetString()).FirstOrDefault() is { } behind)
                        throw new SettingException($"{behind}. Nothing is retired before all nodes seal under the newest key.");
                    var known = state
                        .GetProperty("items")
                        .EnumerateArray()
                        .FirstOrDefault(item => item.GetProperty("id").GetString() == key);
                    if (known.ValueKind == JsonValueKind.Object && known.GetProperty("needed").GetBoolean())
                        throw new SettingException(
                            $"The key {key} is needed: {known.GetProperty("sealed")} secrets are sealed under it. tokenline secret rotate seals them under the newest."
                        );
                }
                var file = FileOf(ServeVerb.ReadSettings());
                Changing(() =>
                {
                    KeyFile.Remove(file, key);
                    return key;
                });
                Terminal.Current.Out.WriteLine($"{key} is no longer in {file}.");
                return 0;
            }
        );
        return command;
    }

    private static bool IsStuck(JsonElement step) =>
        step.GetProperty("unreadable").GetArrayLength() > 0 && step.GetProperty("nodesBehind").GetArrayLength() == 0;

    private static string Words(JsonElement step, long resealed)
    {
        var key = step.GetProperty("key").GetString();
        var done = string.Create(CultureInfo.InvariantCulture, $"{resealed:N0} secrets were sealed under the key {key} now");
        if (step.GetProperty("done").GetBoolean())
            return $"{done}; all are. Older keys may be retired: tokenline secret list.";
        var closed = step.GetProperty("unreadable").EnumerateArray().Select(name => name.GetString());
        var behind = step.GetProperty("nodesBehind").EnumerateArray().Select(node => node.GetString());
        var why = string.Join("; ", [.. closed.Select(name => $"no key here opens the secret of {name}"), .. behind]);
        return $"{done}; {step.GetProperty("remaining")} are not: {why}";
    }

    private static T Changing<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (Exception e) when (e is DatabaseException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException(e.Message);
        }
    }
}
