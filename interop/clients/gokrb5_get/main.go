// gokrb5_get is gokrb5 (v8) as a client. It logs in from a keytab and then
//
//	gokrb5_get get KEYTAB CLIENT REALM SERVICE URL   GETs URL with Negotiate; prints the status and the body
//	gokrb5_get token KEYTAB CLIENT REALM SERVICE     prints one SPNEGO token in base64
//
// krb5.conf is the file that KRB5_CONFIG names.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("usage: gokrb5_get get|token KEYTAB CLIENT REALM SERVICE [URL]")
	}
	conf, err := config.Load(os.Getenv("KRB5_CONFIG"))
	if err != nil {
		if _, unsupported := err.(config.UnsupportedDirective); !unsupported {
			return err
		}
	}
	keys, err := keytab.Load(args[1])
	if err != nil {
		return err
	}
	login := client.NewWithKeytab(args[2], args[3], keys, conf, client.DisablePAFXFAST(true))
	if err := login.Login(); err != nil {
		return err
	}
	defer login.Destroy()
	if args[0] == "token" {
		return token(login, args[4])
	}
	return get(login, args[4], args[5])
}

func token(login *client.Client, service string) error {
	mech := spnego.SPNEGOClient(login, service)
	if err := mech.AcquireCred(); err != nil {
		return err
	}
	first, err := mech.InitSecContext()
	if err != nil {
		return err
	}
	octets, err := first.Marshal()
	if err != nil {
		return err
	}
	fmt.Println(base64.StdEncoding.EncodeToString(octets))
	return nil
}

func get(login *client.Client, service, url string) error {
	answer, err := spnego.NewClient(login, nil, service).Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	fmt.Println(answer.StatusCode)
	fmt.Println(string(body))
	return nil
}
