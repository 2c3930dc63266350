using System.Text;

namespace Tokenline.Testing;

/// <summary>What lies in a folder, for tests that look for what must not be there.</summary>
internal static class KeptText
{
    /// <summary>All files as one text, a character a byte. Others may write meanwhile: where a file is gone before it was read, what it held is in another one now, and all are read again.</summary>
    public static async Task<string> OfAsync(string folder, string pattern = "*")
    {
        while (true)
        {
            try
            {
                var all = new StringBuilder();
                foreach (var file in Directory.GetFiles(folder, pattern))
                {
                    await using var bytes = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    using var text = new StreamReader(bytes, Encoding.Latin1);
                    all.Append(await text.ReadToEndAsync());
                }
                return all.ToString();
            }
            catch (FileNotFoundException)
            {
                // SQLite has brought a log into its file.
            }
        }
    }
}
