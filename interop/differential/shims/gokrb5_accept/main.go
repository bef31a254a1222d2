// gokrb5_accept is gokrb5 (v8) as an acceptor. One line in: KEYTAB BINDINGS TOKEN..., as gss_accept.c has them; one
// line of JSON out. A panic is the verdict "crashed". It has no channel bindings and reads the first token alone.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/goidentity/v6"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

type verdict struct {
	Verdict string `json:"verdict"`
	Client  string `json:"client,omitempty"`
	Error   string `json:"error,omitempty"`
}

// Where spnego puts the client into the context.
const contextCredentials = "github.com/jcmturner/gokrb5/v8/ctxCredentials"

var keytabs = map[string]*keytab.Keytab{}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := json.NewEncoder(os.Stdout)
	for {
		line, err := input.ReadString('\n')
		if err == io.EOF {
			return
		}
		if err == nil {
			err = output.Encode(judge(strings.Fields(line)))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func judge(words []string) (said verdict) {
	defer func() {
		if panicked := recover(); panicked != nil {
			said = verdict{Verdict: "crashed", Error: fmt.Sprint(panicked)}
		}
	}()
	keys, err := keysOf(words[0])
	if err != nil {
		return verdict{Verdict: "error", Error: err.Error()}
	}
	token, err := base64.StdEncoding.DecodeString(words[2])
	if err != nil {
		return verdict{Verdict: "error", Error: err.Error()}
	}
	// A replay is not what is asked for here.
	service.GetReplayCache(5 * time.Minute).ClearOldEntries(-time.Hour)
	return accept(spnego.SPNEGOService(keys), token)
}

func keysOf(path string) (*keytab.Keytab, error) {
	if keys, known := keytabs[path]; known {
		return keys, nil
	}
	keys, err := keytab.Load(path)
	if err == nil {
		keytabs[path] = keys
	}
	return keys, err
}

// As its HTTP handler does it: a Kerberos token without SPNEGO is put into one.
func accept(mechanism *spnego.SPNEGO, token []byte) verdict {
	var first spnego.SPNEGOToken
	if err := first.Unmarshal(token); err != nil {
		var bare spnego.KRB5Token
		if bare.Unmarshal(token) != nil {
			return verdict{Verdict: "rejected", Error: err.Error()}
		}
		first.Init = true
		first.NegTokenInit = spnego.NegTokenInit{
			MechTypes:      []asn1.ObjectIdentifier{bare.OID},
			MechTokenBytes: token,
		}
	}
	done, context, status := mechanism.AcceptSecContext(&first)
	switch {
	case status.Code == gssapi.StatusContinueNeeded:
		return verdict{Verdict: "continue"}
	case !done || status.Code != gssapi.StatusComplete:
		return verdict{Verdict: "rejected", Error: status.Message}
	}
	who, isIdentity := context.Value(contextCredentials).(goidentity.Identity)
	if !isIdentity {
		return verdict{Verdict: "accepted"}
	}
	return verdict{Verdict: "accepted", Client: who.UserName() + "@" + who.Domain()}
}
