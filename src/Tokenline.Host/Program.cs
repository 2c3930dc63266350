return await Tokenline.Host.CommandLine.RunAsync(args);
