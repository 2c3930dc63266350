using System.Security.Cryptography;

namespace Tokenline.Host;

/// <summary>The data folder, locked for one process: whoever holds it is the only writer of what is inside.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream claim;

    private DataFolder(string path, FileStream claim)
    {
        Path = path;
        this.claim = claim;
    }

    public string Path { get; }

    public string JournalFile => System.IO.Path.Combine(Path, "charges.db");

    public string CarrierFolder => System.IO.Path.Combine(Path, "carrier-simulator");

    /// <summary>Mails to customers, one file each, for the operator's mail transport to take.</summary>
    public string MailFolder => System.IO.Path.Combine(Path, "mail");

    public string EnvironmentFile => System.IO.Path.Combine(Path, "demo.env");

    public static DataFolder Open(string path)
    {
        try
        {
            MakePrivately(path);
            return new(
                path,
                new FileStream(System.IO.Path.Combine(path, "tokenline.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (UnauthorizedAccessException)
        {
            throw new SettingException($"The data folder {path} cannot be written. Set TOKENLINE_DATA to a folder that can.");
        }
        catch (IOException e) when (IsTaken(path))
        {
            throw new SettingException($"Another Tokenline is using the data folder {path} ({e.Message})");
        }
        catch (IOException e)
        {
            throw new SettingException($"The data folder {path} cannot be used: {e.Message}");
        }
    }

    /// <summary>Customers' data is in it: a folder that is made here is its owner's alone. One that is there is as its owner wants it.</summary>
    private static void MakePrivately(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The operator's key to the management API: the setting's, or one that is made at the first start and kept here.</summary>
    public string AdminKey(string? setting)
    {
        if (setting is { Length: > 0 })
            return setting;
        var file = System.IO.Path.Combine(Path, "admin.key");
        if (File.Exists(file))
            return File.ReadAllText(file).Trim();
        var key = "tla-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        WritePrivately(file, key + "\n");
        return key;
    }

    /// <summary>Readable by its owner only, and never half written.</summary>
    public static void WritePrivately(string file, string text)
    {
        var temporary = file + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(temporary, options))
            writer.Write(text);
        File.Move(temporary, file, overwrite: true);
    }

    public void Dispose() => claim.Dispose();

    private static bool IsTaken(string path) => File.Exists(System.IO.Path.Combine(path, "tokenline.lock"));
}
